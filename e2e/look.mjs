// node e2e/look.mjs [--base URL] [--lang en] [--user NAME] [/path …]: takes pages as pictures into e2e/shots/look.
// Four ways each: phone (375), desk (1440), phone in the dark, phone in large print. Without --base it starts the demo itself.
// Ends with 1 when a page overflows sideways, logs an error, asks another host or answers 5xx. It judges nothing else: look at them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Server, launchBrowser, shots, signIn, watch } from './harness.mjs';

const portal = ['/', '/find', '/take-part', '/open'];
const desk = ['/desk', '/desk/inbox', '/desk/intake', '/admin', '/admin/mechanisms'];
const views = [
  { name: 'phone', width: 375 },
  { name: 'desk', width: 1440 },
  { name: 'phone-dark', width: 375, colorScheme: 'dark' },
  { name: 'phone-large', width: 375, query: ['size', 'large'] },
];

const words = process.argv.slice(2);
const option = (name) => {
  const at = words.indexOf(name);
  return at < 0 ? null : words.splice(at, 2)[1];
};
const base = option('--base');
const lang = option('--lang');
const user = option('--user');
const wanted = words.length ? words : [...portal, ...desk];
const staffOnly = (path) => /^\/(desk|admin)(\/|$)/.test(path);

const server = base ? null : await Server.start();
const address = base ?? server.base;
const out = join(shots, 'look');
await mkdir(out, { recursive: true });

let taken = 0;
let findings = 0;
const browser = await launchBrowser();

async function take(page, view, path, notes) {
  notes.length = 0;
  const url = new URL(path, address);
  if (view.query) url.searchParams.set(...view.query);
  if (lang) url.searchParams.set('lang', lang);
  const answer = await page.goto(url.href, { waitUntil: 'networkidle' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) notes.push(`overflows sideways by ${wide} px`);
  if (answer.status() >= 400) notes.push(`status ${answer.status()}`);
  const name = path.replace(/[^\w-]+/g, '_').replace(/^_|_$/g, '') || 'home';
  await page.screenshot({ path: join(out, `${name}.${view.name}${lang ? `.${lang}` : ''}.png`), fullPage: true });
  taken += 1;
  if (notes.length) {
    findings += 1;
    console.log(`${view.name} ${path}: ${[...new Set(notes)].join(' | ')}`);
  }
}

try {
  for (const view of views) {
    for (const staff of [false, true]) {
      const paths = wanted.filter((path) => staffOnly(path) === staff);
      if (!paths.length) continue;
      const small = view.width < 500;
      const context = await browser.newContext({
        baseURL: address, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
        viewport: { width: view.width, height: 900 }, deviceScaleFactor: small ? 2 : 1, isMobile: small, hasTouch: small,
        colorScheme: view.colorScheme ?? 'light',
      });
      const notes = [];
      watch(context, address, notes);
      const page = await context.newPage();
      if (staff || user) await signIn(page, user ?? 'admin');
      for (const path of paths) await take(page, view, path, notes);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server?.stop();
}
console.log(`${taken} pictures in e2e/shots/look, ${findings} with findings`);
process.exit(findings || !taken ? 1 : 0);
