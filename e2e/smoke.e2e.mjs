// The first things that must hold before any other story is worth reading.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';

story('the home page opens on a phone and is accessible', async (s) => {
  const page = await s.phone();
  const answer = await page.goto('/');
  assert.equal(answer.status(), 200);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.match(await page.locator('h1').first().innerText(), /\p{Script=Han}/u);
  await s.fits(page);
  await s.axe(page);
});

story('the home page opens in English when asked', async (s) => {
  const page = await s.phone();
  await page.goto('/?lang=en');
  assert.match(await page.locator('html').getAttribute('lang'), /^en/);
  await s.axe(page);
});

story('the home page works with scripts off, in large print and in the dark', async (s) => {
  const plain = await s.noScript();
  await plain.goto('/');
  assert.ok(await plain.locator('a[href^="/raise"], form[action^="/raise"]').count() > 0, 'nothing leads to raising a matter');
  await s.axe(plain);

  const dark = await s.phone({ colorScheme: 'dark' });
  await dark.goto('/?size=large');
  await s.fits(dark);
  await s.axe(dark);
});

story('staff sign in at the desk, and a wrong password says so', async (s) => {
  s.expect(/status of 40[13]/);
  s.expect(/status of 422/);
  const page = await s.desk();
  await s.signIn(page, 'operator');
  assert.match(new URL(page.url()).pathname, /^\/desk/);
  await s.axe(page);

  const other = await s.desk();
  await assert.rejects(async () => {
    other.setDefaultTimeout(2_000);
    await s.signIn(other, 'operator', 'not the password');
  });
  assert.ok(await other.locator('[role=alert]').count() > 0, 'a refused sign-in says why');
  await s.axe(other);
});

story('an unknown page answers 404 and says what to do', async (s) => {
  s.expect(/status of 404/);
  const page = await s.phone();
  const answer = await page.goto('/no-such-page');
  assert.equal(answer.status(), 404);
  await s.axe(page);
});

// Everything that is open without a matter: no errors, no other hosts (the harness watches both), no sideways scrolling, axe clean.
for (const width of [320, 375]) {
  story(`the open pages fit a window ${width} pixels wide`, async (s) => {
    s.expect(/status of 40[14]/); // a matter asks for its code, an unknown page is not there
    const page = await s.phone({ viewport: { width, height: 700 } });
    const seen = new Set();
    const waiting = ['/', '/?lang=en', '/follow', '/raise', '/raise/rapid-response', '/raise/petition', '/open', '/open/mechanisms/petition', '/desk/sign-in', '/m/TY-2026-0000001'];
    for (const path of waiting) {
      await page.goto(path);
      await s.fits(page);
      await s.axe(page);
      // One level of links on from there, so that a new page is not forgotten here.
      const links = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      for (const link of links) if (!seen.has(link.split('?')[0])) seen.add(link.split('?')[0]);
    }
    for (const link of seen) {
      if (waiting.includes(link)) continue;
      const answer = await page.request.get(link);
      assert.ok(answer.status() < 400, `${link}: ${answer.status()}`);
    }
  });
}

story('the pages of the desk and the administration open at both widths', async (s) => {
  for (const [user, paths] of [
    ['operator', ['/desk', '/desk/inbox', '/desk/intake', '/desk/search', '/desk/calendar', '/desk/keys']],
    ['admin', ['/admin/mechanisms', '/admin/mechanisms/rapid-response', '/admin/people', '/admin/verify']],
  ]) {
    const page = await s.staff(user);
    for (const path of paths) {
      for (const width of [1440, 375]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(path);
        await s.fits(page);
      }
      await s.axe(page);
    }
  }
});

// The checks themselves are checked: a planted fault must turn them red.
story('a lost label and a page that is too wide are noticed', async (s) => {
  const page = await s.phone();
  await page.goto('/raise');
  await page.evaluate(() => document.querySelector('label[for="f-place"]').remove());
  await assert.rejects(s.axe(page), /label/);
  await page.goto('/');
  await page.evaluate(() => { document.querySelector('main').style.width = '600px'; });
  await assert.rejects(s.fits(page), /overflows sideways/);
});
