// A mediation of two people, each with a number and codes of her own: yes, the mediator, the draft, the stop come from each page
// itself, and neither sees a word of the other's.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { act, codes, fill, follow, look, offered, press, refusal } from './steps.mjs';

const hers = '楼上卫生间漏水，我家顶棚发霉半年，孩子的床都挪了';
const theirs = '先看看是哪里漏，别一来就让我赔';
const terms = '402 六月十五日前换地漏、重做防水；302 让进门两天；粉刷的钱一家一半。';

/** Both sides and the mediator, with the matter of each. */
async function begun(s) {
  const one = await s.phone();
  await one.goto('/raise/mediation');
  await one.locator('textarea[name=what]').fill(hers);
  await one.locator('select[name=r0]').selectOption('990101001');
  await press(one, '接着往下选');
  await one.locator('select[name=r1]').selectOption('990101001001');
  await press(one, '下一步');
  await unfold(one);
  await fill(one.locator('form[action="/raise/mediation"]'), { 哪一类: '邻里', 对方是谁: '402，姓汪' });
  await press(one, '下一步，看一遍');
  await press(one, '发出');
  const first = await codes(one);
  const mediator = await s.staff('mediator');
  const desk = (mine) => mediator.goto(`/desk/m/${mine.number}`);
  await desk(first);
  await act(mediator, '定下请谁来调解，告诉申请的一方', { 请谁来调解: '社区的调解员老魏，做过二十年水电' });
  await look(s, mediator, 'mediation-00-applied-1440');
  await press(mediator, '给“对方”登记一件', 'link');
  await unfold(mediator);
  const form = mediator.locator('form[action="/desk/intake"]');
  await form.locator('select[name=region]').selectOption('990101001001').catch(() => {});
  assert.equal(await form.locator('[name="v-dispute"]').inputValue(), first.number, 'which mediation it is stands there already');
  await fill(form, { 请您来谈什么事: '3 号楼 302 的顶棚漏水，想请 402 一起看看', 请谁来调解: '社区的调解员老魏，做过二十年水电', 怎么称呼: '402 的汪先生' });
  await look(s, mediator, 'mediation-01-register-1440');
  await Promise.all([mediator.waitForEvent('domcontentloaded'), form.getByRole('button', { name: /登记/ }).last().click()]);
  await look(s, mediator, 'mediation-02-receipt-1440');
  const second = await codes(mediator);
  assert.notEqual(second.number, first.number);
  const two = await s.phone();
  await follow(two, second);
  return { one, two, mediator, first, second, desk };
}

/** What need not be filled in lies folded away. */
async function unfold(page) {
  await page.locator('main form details:not([open]) > summary').evaluateAll((all) => all.forEach((summary) => summary.click()));
}

/** She says something on her own page. */
async function say(page, mine, what, values = {}) {
  await follow(page, mine);
  // What she is not asked for just now stands among what she can do.
  const other = page.locator(`a[href$="/do/${what}"]`);
  if (await other.count()) await Promise.all([page.waitForEvent('domcontentloaded'), other.first().click()]);
  const form = page.locator('form#say, main form[action*="/do/"]').first();
  const pick = form.locator(`label:has(input[type=radio][name=act][value="${what}"])`);
  if (await pick.count()) await pick.click();
  await unfold(page);
  await fill(form, values);
  // What ends the matter is asked for once more.
  const sure = form.locator('input[type=checkbox][name=sure]');
  if (await sure.count()) await sure.check();
  await Promise.all([page.waitForEvent('domcontentloaded'), form.locator('p.actions button, button[type=submit]').first().click()]);
  assert.match(page.url(), /\?done/, `${what}: not done; the page says ${await refusal(page)}`);
}

/** What is carried from one matter to the other comes within seconds. */
async function until(page, go, words) {
  for (let n = 0; n < 60; n += 1) {
    await go();
    if ((await page.locator('main').innerText()).includes(words)) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`“${words}” never came:\n${(await page.locator('main').innerText()).slice(0, 1500)}`);
}

/** The text of a letter that stands on her page. */
async function letterOf(page, mine, name) {
  await follow(page, mine);
  const link = page.locator('a[href*="/letter/"]', { hasText: name }).first();
  await Promise.all([page.waitForEvent('domcontentloaded'), link.click()]);
  return page.locator('main').innerText();
}

/** Neither page holds a word, a code or the standing of the other matter. */
async function apart({ one, two, first, second }) {
  await follow(one, first);
  await follow(two, second);
  const [a, b] = [await one.content(), await two.content()];
  for (const word of [second.number, second.long, theirs]) assert.ok(!a.includes(word), `her page holds “${word}”`);
  for (const word of [first.long, hers, '姓汪']) assert.ok(!b.includes(word), `the other page holds “${word}”`);
  assert.equal(await two.locator('#kin').count(), 0, 'what it stands beside is not shown to the other side');
}

story('both sides of a mediation say yes, choose, sign and see it done, each on a page of its own', async (s) => {
  const all = await begun(s);
  const { one, two, mediator, first, second, desk } = all;
  await look(s, two, 'mediation-03-invited-375');
  await apart(all);
  // Her code opens nothing of the other's.
  await one.goto('/follow');
  await one.fill('input[name=number]', second.number);
  await one.fill('input[name=code]', first.long);
  s.expect(/401/);
  await Promise.all([one.waitForEvent('domcontentloaded'), one.locator('form:has(input[name=number]) button').first().click()]);
  assert.ok(!(await one.locator('main').innerText()).includes('请您来谈'), 'not with another code');

  await say(two, second, 'agree', { 调解员: '接受', 写几句: theirs });
  await until(one, () => follow(one, first), '对方自己说愿意调解');
  await look(s, one, 'mediation-04-they-agree-375');
  await say(one, first, 'choose', { 调解员: '接受' });
  await desk(first);
  await look(s, mediator, 'mediation-05-both-agree-1440');
  await act(mediator, '双方都同意，开始调解', { 调解员怎么定的: '调委会定' });
  // What the mediator does once comes to both: the other side's own matter begins, and the draft is written only here.
  await until(two, () => follow(two, second), '开始调解了，告诉了本人的权利义务');
  await desk(second);
  await look(s, mediator, 'mediation-06-begun-by-itself-1440');
  await desk(first);
  await act(mediator, '把协议稿给申请的一方看', { 协议内容: terms, 哪天以前履行: '2026-12-20' });
  await until(two, () => follow(two, second), '收到了协议稿');
  assert.ok((await letterOf(two, second, '人民调解协议稿')).includes(terms), 'the same draft, without pasting it');
  await follow(one, first);
  await look(s, one, 'mediation-07-draft-375');
  await say(one, first, 'sign');
  await follow(two, second);
  await look(s, two, 'mediation-08-draft-375');
  await say(two, second, 'sign');
  await until(mediator, () => desk(first), '对方自己看过协议稿，同意签');
  await look(s, mediator, 'mediation-09-both-signed-1440');
  await act(mediator, '说成了，记下书面协议');
  const head = await s.staff('mediation-head');
  await head.goto(`/desk/m/${first.number}`);
  await act(head, '同意：说成了，记下书面协议');
  await say(two, second, 'kept', { 写几句: '不漏了' });
  await until(one, () => follow(one, first), '对方自己说做到了');
  await look(s, one, 'mediation-10-kept-375');
  await apart(all);
}, { timeout: 240_000 });

story('the other side stops, and the mediation stops at once', async (s) => {
  const all = await begun(s);
  const { one, two, mediator, first, second, desk } = all;
  await say(two, second, 'refuse', { 写几句: theirs });
  await until(one, () => follow(one, first), '对方自己说不愿意调解');
  await look(s, one, 'mediation-11-they-refuse-375');
  await apart(all);
  await desk(first);
  assert.ok(!(await offered(mediator)).includes('双方都同意，开始调解'), 'nobody begins against a no');
  await look(s, mediator, 'mediation-12-halted-1440');
  await act(mediator, '告诉还有哪些路', { 还有哪些路: '可以起诉，也可以请街道协调' });
  await follow(one, first);
  await look(s, one, 'mediation-13-ways-375');
  await follow(two, second);
  await until(two, () => follow(two, second), '调解结束了，告诉了本人还有哪些路');
  assert.ok((await letterOf(two, second, '调解终止告知书')).includes('可以起诉，也可以请街道协调'), 'a notice of its own');
  await look(s, two, 'mediation-14-refused-375');
  await apart(all);
}, { timeout: 240_000 });

story('who asked stops, and the other side’s matter ends by itself with a notice of its own', async (s) => {
  const all = await begun(s);
  const { one, two, first, second } = all;
  await say(two, second, 'agree', { 调解员: '接受', 写几句: theirs });
  await until(one, () => follow(one, first), '对方自己说愿意调解');
  await say(one, first, 'stop');
  await until(two, () => follow(two, second), '调解停了，告诉了本人还有哪些路');
  await look(s, two, 'mediation-15-ended-by-itself-375');
  const notice = await letterOf(two, second, '调解终止告知书');
  assert.ok(notice.includes(second.number) && !notice.includes(first.number), 'her own number and not the other');
  await look(s, two, 'mediation-16-notice-375');
  await apart(all);
}, { timeout: 240_000 });
