// The resident's part of the parking story and the dispatch, in browsers that run no scripts.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { act, codes, fill, look, photo, positioned, press } from './steps.mjs';

story('raising, dispatching and following work without scripts', async (s) => {
  const resident = await s.noScript();
  await resident.goto('/');
  await resident.locator('#say').fill('夜里小区消防通道停满了车');
  await press(resident, '下一步');
  await look(s, resident, 'plain-01-what-375');
  await resident.getByLabel('在哪里').fill('青禾社区东门外消防通道');
  await resident.locator('.region select').first().selectOption({ label: '柳巷街道' });
  // Without scripts the photo leaves the telephone as it was taken: it is the server that must drop the position.
  await resident.locator('input[type=file]').setInputFiles([await photo(s.browser)]);
  await press(resident, '下一步');
  await fill(resident.locator('form[action^="/raise"]'), { 怎么称呼: '林女士' });
  await press(resident, '下一步，看一遍');
  await press(resident, '发出');
  const mine = await codes(resident);
  await look(s, resident, 'plain-02-receipt-375');
  await press(resident, '看进度', 'link');
  const back = await resident.request.get(await resident.locator('a[href*="/file/"]').first().getAttribute('href'));
  assert.equal(back.status(), 200);
  assert.ok(!positioned(await back.body()), 'the server dropped the position');

  const operator = await s.noScript({ viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1 });
  await s.signIn(operator, 'operator');
  await operator.goto('/desk/inbox');
  await operator.locator(`a[href="/desk/m/${mine.number}"]`).first().click();
  await act(operator, '派单', { 交给哪个单位: '柳巷街道', 紧急程度: '一般', 哪一类: '投诉' });
  await look(s, operator, 'plain-03-dispatched-1440');

  await resident.goto(`/m/${mine.number}`);
  assert.match(await resident.locator('.now').innerText(), /柳巷街道/);
  await press(resident, '催一下', 'link');
  await look(s, resident, 'plain-04-remind-375');
  await resident.locator('form[action$="/remind"] p.actions button').first().click();
  await resident.waitForLoadState();
  assert.match(await resident.locator('main').innerText(), /催了一次/);
  await look(s, resident, 'plain-05-reminded-375');
});
