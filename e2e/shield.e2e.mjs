// An accusation: for the body complained about, and for everybody below it, the matter does not exist.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { act, codes, fill, look, press } from './steps.mjs';

const request = '请查城管中队收沙石场的钱不开票';

story('the body complained about finds nothing, while the petition office works on it', async (s) => {
  s.expect(/status of 404/);
  const resident = await s.phone();
  await resident.goto('/raise/petition');
  await resident.locator('textarea[name=what]').fill(request);
  await resident.locator('.region select').first().selectOption({ label: '柳巷街道' });
  await press(resident, '下一步');
  const form = resident.locator('form[action="/raise/petition"]');
  await fill(form, { 哪一类: '检举控告', 事实和理由: '三月到六月，每车收二百，车号和日期附后。', 姓名或名称: '周先生', 住址: '柳巷街道青禾社区六号楼' });
  // A choice that asks for it has opened one of them already.
  const closed = form.locator('details:not([open]) > summary');
  while (await closed.count()) await closed.first().click();
  await fill(form, { 被检举控告的单位: '汀云区城市管理局' });
  await press(resident, '下一步，看一遍');
  await look(s, resident, 'shield-01-check-375');
  await press(resident, '发出');
  const mine = await codes(resident);

  for (const user of ['department', 'department-head']) await findsNothing(s, user, mine.number);

  const office = await s.staff('petition-office');
  await office.goto('/desk/inbox');
  await office.locator(`a[href="/desk/m/${mine.number}"]`).first().click();
  await office.waitForURL(`**/desk/m/${mine.number}`);
  await look(s, office, 'shield-02-office-1440');
  await act(office, '转有管理权限的纪检监察机关', { 有管理权限的纪检监察机关: '汀云区纪委监委' });
  const discipline = await s.staff('discipline');
  await discipline.goto(`/desk/m/${mine.number}`);
  await look(s, discipline, 'shield-03-discipline-1440');
  assert.match(await discipline.locator('main').innerText(), /沙石场/);

  for (const user of ['department', 'department-head']) await findsNothing(s, user, mine.number);
});

/** Lists, search by words and by number, and the address itself: nothing, and the same answer as for a number that was never given. */
async function findsNothing(s, user, number) {
  const page = await s.staff(user);
  const pages = ['/desk', '/desk/inbox', ...['mine', 'others', 'decide', 'escalated', 'ended'].map((v) => `/desk/inbox?view=${v}`)];
  const looked = [...pages.map((path) => [path]), ['/desk/search', '沙石场'], ['/desk/search', number]];
  for (const [path, words] of looked) {
    await page.goto(path);
    if (words) {
      await page.locator('input[name=q]').fill(words);
      await Promise.all([page.waitForEvent('domcontentloaded'), page.locator('input[name=q]').press('Enter')]);
    }
    const links = await page.locator(`a[href*="/m/${number}"]`).count();
    const text = await page.locator('main').innerText();
    assert.equal(links, 0, `${user} ${path}`);
    assert.doesNotMatch(text, /不开票/, `${user} ${path}`);
  }
  const known = await page.goto(`/desk/m/${number}`);
  const hidden = await page.locator('main').innerText();
  const unknown = await page.goto('/desk/m/TY-2026-9999999');
  assert.equal(known.status(), 404);
  assert.equal(unknown.status(), 404);
  assert.equal(hidden, await page.locator('main').innerText(), 'hidden and unknown look the same');
}
