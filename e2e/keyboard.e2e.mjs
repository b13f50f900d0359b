// An operator with a headset: registers what the caller says and dispatches it, without touching the mouse.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { codes, look } from './steps.mjs';

story('an operator registers and dispatches by keyboard alone', async (s) => {
  const page = await s.staff('operator');
  // From here on nothing but keys.
  const keys = page.keyboard;
  const landed = (press) => Promise.all([page.waitForEvent('domcontentloaded'), press()]);
  await keys.press('g');
  await landed(() => keys.press('n'));
  assert.equal(new URL(page.url()).pathname, '/desk/intake');
  await look(s, page, 'keyboard-01-intake-1440');

  await walk(page, 'textarea[name=v-what]');
  await keys.insertText('路口红绿灯不亮了，早上差点撞人');
  await walk(page, 'select[name=region]');
  await keys.insertText('');
  await keys.type('柳巷街道');
  await walk(page, 'input[name=v-place]');
  await keys.insertText('柳巷路和青禾街路口');
  await landed(() => keys.press('Control+Enter'));
  const { number } = await codes(page);
  await look(s, page, 'keyboard-02-registered-1440');

  // The next step stands open: the unit, the urgency, the kind.
  await walk(page, '.act[data-act="0"] select[name=v-unit]');
  await keys.press('ArrowDown');
  await walk(page, '.act[data-act="0"] input[name=v-urgency]');
  await keys.press('Space');
  await walk(page, '.act[data-act="0"] [name=v-kind]');
  await keys.press('ArrowDown');
  await landed(() => keys.press('Control+Enter'));
  assert.match(page.url(), new RegExp(`/desk/m/${number}\\?did=dispatch`));
  await look(s, page, 'keyboard-03-dispatched-1440');
});

/** Tabs until the focus is on an element, as somebody without a mouse does; the focus must be seen all the way. */
async function walk(page, selector) {
  for (let n = 0; n < 80; n += 1) {
    const here = await page.evaluate((wanted) => {
      const on = document.activeElement;
      const style = getComputedStyle(on);
      const box = on.closest('label') ? getComputedStyle(on.closest('label')) : style;
      const seen = on === document.body || [style, box].some((x) => x.outlineStyle !== 'none' || x.boxShadow !== 'none');
      return { there: on.matches(wanted), seen, what: `${on.tagName} ${on.name ?? ''}` };
    }, selector);
    assert.ok(here.seen, `the focus is not to be seen on ${here.what}`);
    if (here.there) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no way to ${selector} with Tab`);
}
