// A petition: raised on the portal, routed, accepted in writing, decided with the head's approval, delivered, reviewed one level up.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { act, codes, fill, follow, look, offered, press } from './steps.mjs';

const request = '请区里查清我家门前菜市场占道的许可，把挡住出入口的摊位挪开';

story('a petition goes from the portal to the review', async (s) => {
  const resident = await s.phone();
  await resident.goto('/raise/petition');
  await look(s, resident, 'petition-01-start-375');
  await resident.locator('textarea[name=what]').fill(request);
  await resident.locator('.region select').first().selectOption({ label: '柳巷街道' });
  await press(resident, '下一步');
  await fill(resident.locator('form[action="/raise/petition"]'), {
    哪一类: '申诉求决',
    事实和理由: '去年九月起，市场外沿的十一个摊位摆到了楼道口。向社区反映过三次，每次挪开两三天又摆回来。',
    姓名或名称: '周先生', 住址: '柳巷街道青禾社区六号楼',
  });
  await look(s, resident, 'petition-02-details-375');
  await press(resident, '下一步，看一遍');
  await look(s, resident, 'petition-03-check-375');
  await press(resident, '发出');
  const mine = await codes(resident);

  const at = async (user) => {
    const page = await s.staff(user);
    await page.goto(`/desk/m/${mine.number}`);
    return page;
  };
  const office = await at('petition-office');
  await look(s, office, 'petition-04-office-1440');
  await act(office, '转送、交办', { '有权处理的机关、单位': '汀云区城市管理局', 转送还是交办: '交办' });
  await look(s, office, 'petition-05-routed-1440');

  const department = await at('department');
  await act(department, '受理并书面告知');
  await look(s, department, 'petition-06-accepted-1440');
  await letter(s, department, '受理告知书', [mine.number], 'petition-07-notice-1440');

  await act(department, '作出信访处理意见书', {
    信访人的请求: request, 查明的事实和理由: '现场查看两次。九个摊位在划定范围内，两个摊位伸到楼道口。',
    处理意见: '两个摊位已责令退回划定范围；其余摊位的许可有效，不予撤销。', 依据的法律法规: '《汀云区集贸市场管理办法》（虚构）第十二条',
    结论: '请求缺乏事实根据',
  }, { before: () => look(s, department, 'petition-08-opinion-form-1440') });
  assert.ok(!(await offered(department)).some((label) => label.startsWith('同意')), 'whoever proposes does not approve');
  const head = await at('department-head');
  await act(head, '同意：作出信访处理意见书', {}, { before: () => look(s, head, 'petition-09-approve-1440') });
  await department.goto(`/desk/m/${mine.number}`);
  await act(department, '已送达处理意见书', { 怎样送达: '当面送交', 谁收的: '本人', 哪天收到: '2026-11-23' });

  await follow(resident, mine);
  await look(s, resident, 'petition-10-served-375');
  await letter(s, resident, '处理意见书', ['周先生：', '两个摊位已责令退回划定范围', '第十二条'], 'petition-11-opinion-375');
  await fill(resident.locator('form#say'), { 您的意见: '不服，请求复查', 理由: '许可的范围图和现场不一样，没有给我看。' });
  await Promise.all([resident.waitForEvent('domcontentloaded'), resident.locator('form#say p.actions button').click()]);
  assert.match(resident.url(), /\?done/, 'the review is asked for');
  await look(s, resident, 'petition-12-reviewing-375');

  // Who decided it does not review it; the level above does.
  await department.goto(`/desk/m/${mine.number}`);
  assert.ok(!(await offered(department)).some((label) => label.includes('复查意见书')), 'no review by whoever decided');
  const reviewer = await at('district-office');
  await look(s, reviewer, 'petition-13-reviewer-1440');
  await act(reviewer, '作出复查意见书', {
    原意见: '变更', 查明的事实和理由: '许可范围图标注有误。', 处理意见: '变更原意见：由区城市管理局三十日内重新核定范围，挪开挡住出入口的摊位。',
    依据的法律法规: '《信访工作条例》第三十五条', 结论: '予以支持',
  });
  await act(reviewer, '已送达复查意见书', { 怎样送达: '当面送交', 谁收的: '本人', 哪天收到: '2026-11-23' });
  await look(s, reviewer, 'petition-14-reviewed-1440');
  await follow(resident, mine);
  await letter(s, resident, '复查意见书', ['变更原意见'], 'petition-15-review-375');
});

/** Opens a letter, reads it on the screen and as it would be printed: the text, and nothing of the frame around it. */
async function letter(s, page, name, words, picture) {
  await press(page, new RegExp(name), 'link');
  const text = await page.locator('article.letter').innerText();
  for (const word of words) assert.ok(text.includes(word), `the letter says “${word}”:\n${text}`);
  assert.equal(text.split(name).length, 2, `the title stands there once:\n${text}`);
  assert.doesNotMatch(text, /[{}]/, 'no hole of the template is left open');
  await look(s, page, picture);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('article.letter').isVisible());
  for (const frame of ['nav', '.rail', '.no-print']) {
    for (const part of await page.locator(frame).all()) assert.ok(!(await part.isVisible()), `${frame} is not printed`);
  }
  await page.emulateMedia({ media: 'screen' });
  await page.goBack();
}
