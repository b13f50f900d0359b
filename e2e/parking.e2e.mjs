// Night parking blocks a fire lane: from one sentence on a telephone to the rating, with everybody who has a part in it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { binary, story } from './harness.mjs';
import { act, codes, dates, fill, follow, look, offered, photo, positioned, press } from './steps.mjs';

// A Monday night in the week before the National Day holidays: the days off and the make-up day are in the counting.
const night = '2026-09-28T22:46';
const sentence = '夜里十点以后，小区东门消防通道两边停满车，消防车和救护车都进不来';

story('night parking blocks a fire lane, from one sentence to the rating', async (s) => {
  const resident = await s.phone();
  await resident.goto('/');
  await look(s, resident, 'parking-01-home-375');
  await resident.locator('#say').fill(sentence);
  await press(resident, '下一步');
  await resident.getByLabel('在哪里').fill('青禾社区东门外消防通道');
  await look(s, resident, 'parking-02-what-375');
  await resident.locator('.region select').first().selectOption({ label: '柳巷街道' });
  await resident.locator('input[type=file]').setInputFiles([await photo(s.browser)]);
  await resident.locator('.previews img').waitFor();
  await press(resident, '下一步');
  await look(s, resident, 'parking-03-details-375');
  await resident.locator('select[name=r1]').selectOption({ label: '青禾社区' });
  await fill(resident.locator('form[action^="/raise"]'), { 怎么称呼: '林女士', 联系电话: '13800000001' });
  await press(resident, /看一遍|核对/);
  await look(s, resident, 'parking-04-check-375');

  const before = await dates(resident.locator('.promise'));
  assert.ok(new Set(before).size >= 2, `both dates stand on the page before sending: ${before}`);
  await press(resident, '发出');
  const mine = await codes(resident);
  assert.ok(await resident.locator('.proof .qr svg').isVisible(), 'a QR code for checking the receipt');
  const after = await dates(resident.locator('.plan'));
  for (const date of new Set(before)) assert.ok(after.includes(date), `${date} was promised before sending and is on the receipt: ${after}`);
  await look(s, resident, 'parking-05-receipt-375');

  // The operator finds it in her list and dispatches it to the street.
  const operator = await s.staff('operator');
  await look(s, operator, 'parking-06-today-1440');
  await operator.goto('/desk/inbox');
  await look(s, operator, 'parking-07-inbox-1440');
  await operator.locator('a', { hasText: '消防通道两边停满车' }).first().click();
  await operator.waitForURL(`**/desk/m/${mine.number}`);
  await look(s, operator, 'parking-08-matter-1440');
  const kept = await operator.request.get(await operator.locator('a[href*="/file/"]').first().getAttribute('href'));
  assert.equal(kept.status(), 200);
  assert.ok(!positioned(await kept.body()), 'the photo carries no position');
  await act(operator, '派单', { 交给哪个单位: '柳巷街道', 紧急程度: '一般', 哪一类: '投诉' }, {
    before: () => look(s, operator, 'parking-09-dispatch-1440'),
  });
  await look(s, operator, 'parking-10-dispatched-1440');

  // The street signs, calls, and asks for more time; its head agrees.
  await s.server.restart({ clock: '2026-09-29T09:10' });
  const street = await s.staff('street-staff');
  await look(s, street, 'parking-11-street-today-1440');
  await street.goto(`/desk/m/${mine.number}`);
  await act(street, '签收');
  await act(street, '已联系反映人', { 写几句: '打电话问了，前天夜里救护车在东门口堵了十一分钟。' });
  await follow(resident, mine);
  const promised = await dates(resident.locator('.now'));
  await look(s, resident, 'parking-12-handling-375');

  await s.server.restart({ clock: '2026-10-09T10:00' });
  await street.goto(`/desk/m/${mine.number}`);
  await s.signIn(street, 'street-staff'); // nobody stays signed in for ten days
  await street.goto(`/desk/m/${mine.number}`);
  await act(street, '申请延长答复', { 理由: '划线和错时停车要和物业、交警一起定，还差一次现场会。' });
  await look(s, street, 'parking-13-asked-1440');
  const head = await s.staff('street-head');
  await look(s, head, 'parking-14-head-today-1440');
  await head.goto(`/desk/m/${mine.number}`);
  await act(head, '同意：申请延长答复', {}, { before: () => look(s, head, 'parking-15-approve-1440') });

  // The resident sees the new date beside the old one, and how it was counted, with the clause.
  await resident.goto(`/m/${mine.number}`);
  if (!(await resident.locator('.now').count())) await follow(resident, mine);
  const now = resident.locator('.now');
  await now.locator('details.why summary').click();
  const why = await now.locator('.why-body').innerText();
  assert.match(await now.innerText(), /《汀云区接诉即办办法（虚构）》第 14 条/, 'the clock names the clause that gives its length');
  assert.match(why, /国庆/, `the derivation names the days off: ${why}`);
  await look(s, resident, 'parking-16-extended-375');
  const changed = await dates(now);
  assert.match(why, /原定\s*2026年10月10日/, `the date before the change stays readable: ${why}`);
  assert.ok(promised.includes('10月10日') && changed.includes('10月16日'), `from 10月10日 to 10月16日: ${promised} / ${changed}`);
  for (const date of new Set(before)) assert.ok(changed.includes(date), `${date}, promised when she sent it, still stands there: ${changed}`);

  // The street answers; whoever handled it is not offered the callback, the callback centre is.
  await act(await reopen(street, mine), '答复反映人', {
    办成什么样: '办成一部分', 答复的话: '通道两侧已划禁停线、装了地桩，夜间有人巡。小区里还缺二十来个车位，正在同物业谈错时停车。',
    理由: '错时停车的协议还没签。',
  });
  assert.deepEqual((await offered(street)).filter((label) => /回访/.test(label)), [], 'the handler does not call back');
  await look(s, street, 'parking-17-answered-1440');
  const callback = await s.staff('callback');
  await look(s, callback, 'parking-18-callback-today-1440');
  await reopen(callback, mine);
  const may = await offered(callback);
  assert.ok(may.some((label) => /回访/.test(label)), `the callback centre may call back: ${may}`);
  await act(callback, '回访：没有问到', { 为什么没问到: '打了没人接' });
  await look(s, callback, 'parking-19-unreached-1440');

  // She says it herself: partly solved; and, apart from that, how they did.
  await resident.goto(`/m/${mine.number}`);
  await look(s, resident, 'parking-20-your-word-375');
  const say = resident.locator('form#say');
  await fill(say, { 您的意见: '解决了一部分', 他们办得怎么样: '基本满意' });
  await Promise.all([resident.waitForEvent('domcontentloaded'), say.locator('p.actions button').click()]);
  assert.match(await resident.locator('main').innerText(), /解决了一部分|只解决/);
  await look(s, resident, 'parking-21-said-375');

  // Her own photo, as she gets it back; and the case file, as the auditor finds it.
  const photoPath = await resident.locator('a[href*="/file/"], img[src*="/file/"]').first().evaluate((e) => e.href ?? e.src);
  const back = await resident.request.get(photoPath);
  assert.equal(back.status(), 200);
  assert.ok(!positioned(await back.body()), 'the photo comes back without a position');
  const auditor = await s.staff('auditor');
  await auditor.goto('/admin/verify');
  await auditor.fill('input[name=number]', mine.number);
  await auditor.locator('form:has(input[name=number]) button').click();
  await auditor.locator('main [role=status], main .outcome, main .notice').first().waitFor();
  assert.match(await auditor.locator('main').innerText(), /一条不少，一字未改/);
  await look(s, auditor, 'parking-22-verify-1440');
  await s.server.end();
  const { stdout } = await promisify(execFile)(binary, ['verify', '--data', s.server.data]);
  assert.doesNotMatch(stdout, /broken|不完整/);
  assert.match(stdout, /\d/, 'verify says how much it checked');

}, { clock: night });

async function reopen(page, { number }) {
  await page.goto(`/desk/m/${number}`);
  return page;
}
