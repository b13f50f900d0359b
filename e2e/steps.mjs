// What people do on these pages, as steps that several stories share: raise, read the receipt, act at the desk, look and measure.
// It presses only what a person can see or reach; it knows no addresses except where a person would type one.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shots } from './harness.mjs';

/** Axe, no sideways overflow, and a picture to look at: `name` is the file in e2e/shots. */
export async function look(s, page, name) {
  await s.fits(page);
  await s.axe(page);
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** Presses a button or link by the words on it and waits for the page that follows. */
export async function press(page, words, kind = 'button') {
  const target = page.getByRole(kind, { name: words }).filter({ visible: true }).first();
  await Promise.all([page.waitForEvent('domcontentloaded'), target.click()]);
}

/** Fills fields by their labels: text, a list, or a choice; `true` ticks, an array attaches files. */
export async function fill(form, values) {
  for (const [label, value] of Object.entries(values)) {
    const group = form.locator('fieldset.field', { has: form.page().locator('legend', { hasText: label }) });
    if (await group.count()) {
      await group.first().locator('label', { hasText: value }).first().click();
      continue;
    }
    const field = form.getByLabel(label).first();
    const tag = await field.evaluate((e) => e.tagName);
    if (Array.isArray(value)) await field.setInputFiles(value);
    else if (tag === 'SELECT') await field.selectOption(await option(field, value));
    else await field.fill(value);
  }
}

/** The value of the option whose words begin with `words`: bodies of the place carry a remark behind their name. */
async function option(select, words) {
  const all = await select.locator('option').evaluateAll((options) => options.map((o) => [o.value, o.textContent.trim()]));
  const found = all.find(([, text]) => text === words) ?? all.find(([, text]) => text.startsWith(words));
  assert.ok(found, `no option “${words}” among ${all.map(([, text]) => text).join(' | ')}`);
  return found[0];
}

/** The names of the actions that the desk offers now; blocked ones are not among them. */
export async function offered(page) {
  const texts = await page.locator('.picker .picks label:not([data-blocked]):not(.pick-none) span').allInnerTexts();
  return texts.map((t) => t.trim());
}

/** Chooses an action of the picker, fills its form and sends it; the page must say that it was done. */
export async function act(page, label, values = {}, { before } = {}) {
  const pick = page.locator('.picker .picks label').filter({ has: page.locator('span', { hasText: new RegExp(`^\\s*${label}\\s*$`) }) });
  assert.equal(await pick.count(), 1, `“${label}” is offered; there is: ${(await offered(page)).join(' | ')}`);
  const n = await pick.locator('input').getAttribute('value');
  await pick.click();
  const form = page.locator(`.picker .act[data-act="${n}"] form`);
  await fill(form, values);
  await before?.();
  await Promise.all([page.waitForEvent('domcontentloaded'), form.locator('p.actions button').click()]);
  assert.match(page.url(), /\?did=/, `${label}: not done; the page says ${await refusal(page)}`);
}

/** What a refused form says. */
export async function refusal(page) {
  return (await page.locator('[role=alert], .error, [data-error]').allInnerTexts()).join(' / ');
}

/** Number and codes from a receipt, on the portal or at the desk. */
export async function codes(page) {
  // Where the codes are nobody's to read out they stand folded away.
  const found = await page.locator('.receipt .codes dd b').allTextContents();
  const [number, short, long] = found.map((t) => t.trim());
  assert.match(number, /^TY-\d{4}-\d+$/);
  assert.match(short.replaceAll(' ', ''), /^\d{8,12}$/, 'a short code to be read out');
  assert.ok(long?.length > 20, 'a long code');
  return { number, short, long };
}

/** Somebody with number and long code opens her matter. */
export async function follow(page, { number, long }) {
  await page.goto('/follow');
  await page.fill('input[name=number]', number);
  await page.fill('input[name=code]', long);
  await Promise.all([page.waitForURL(new RegExp(`/m/${number}$`)), page.locator('form:has(input[name=number]) p.actions button, form:has(input[name=number]) button.btn').first().click()]);
}

/** The dates that the page gives, as “10月14日”. */
export async function dates(locator) {
  return [...(await locator.innerText()).matchAll(/(\d+)\s*月\s*(\d+)\s*日/g)].map((m) => `${m[1]}月${m[2]}日`);
}

// ── a photo as telephones take them ─────────────────────────────────────────────────────────────────────────

/** A JPEG drawn by the browser, with a position in its EXIF data. */
export async function photo(browser, name = 'fire-lane.jpg') {
  const page = await browser.newPage();
  const base64 = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#1d2733'; pen.fillRect(0, 0, 640, 480);
    pen.fillStyle = '#8a2f24'; for (const x of [40, 240, 440]) pen.fillRect(x, 250, 160, 90);
    pen.fillStyle = '#e8c33c'; pen.fillRect(0, 380, 640, 12);
    return canvas.toDataURL('image/jpeg', 0.8).split(',')[1];
  });
  await page.close();
  const plain = Buffer.from(base64, 'base64');
  const buffer = Buffer.concat([plain.subarray(0, 2), gps(), plain.subarray(2)]);
  assert.ok(positioned(buffer), 'the photo of the test carries a position');
  return { name, mimeType: 'image/jpeg', buffer };
}

/** An APP1 segment whose GPS directory says 39° N 116° E. */
function gps() {
  const tiff = Buffer.alloc(26 + 2 + 4 * 12 + 4 + 48);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  const entry = (at, tag, type, count, value) => {
    tiff.writeUInt16LE(tag, at); tiff.writeUInt16LE(type, at + 2); tiff.writeUInt32LE(count, at + 4);
    if (typeof value === 'string') tiff.write(value, at + 8, 'latin1'); else tiff.writeUInt32LE(value, at + 8);
  };
  tiff.writeUInt16LE(1, 8);
  entry(10, 0x8825, 4, 1, 26);
  tiff.writeUInt16LE(4, 26);
  const data = 26 + 2 + 4 * 12 + 4;
  entry(28, 1, 2, 2, 'N\0'); entry(40, 2, 5, 3, data); entry(52, 3, 2, 2, 'E\0'); entry(64, 4, 5, 3, data + 24);
  [39, 54, 20, 116, 23, 29].forEach((n, i) => { tiff.writeUInt32LE(n, data + i * 8); tiff.writeUInt32LE(1, data + i * 8 + 4); });
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + 6 + tiff.length, 2);
  return Buffer.concat([head, Buffer.from('Exif\0\0', 'latin1'), tiff]);
}

/** Whether any metadata of a JPEG could hold a position: a GPS directory in EXIF, or XMP. */
export function positioned(bytes) {
  const text = bytes.toString('latin1');
  const exif = text.indexOf('Exif\0\0');
  return text.includes('http://ns.adobe.com/xap') || (exif >= 0 && /\x25\x88\x04\0|\x88\x25\0\x04/.test(text.slice(exif, exif + 4000)));
}
