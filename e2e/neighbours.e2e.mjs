// Neighbours settle things themselves: the stories of the packs, played through the pages by all their roles.
import assert from 'node:assert/strict';
import { story } from './harness.mjs';
import { Played } from './played.mjs';

const long = { timeout: 600_000 };

story('a desk on market day: three tables, thirty-four answers, one matter of its own', async (s) => {
  const played = await Played.of(s, 'outreach-desk', 'market-day-at-dehou');
  await played.play({ 4: 'open-1440', 7: 'answered-1440', 14: 'told-1440' });
}, { ...long, clock: '2026-04-07T09:00:00+08:00' });

story('parking: asking, counting by night, a sketch, a joint visit, a draft for comment, then measures', async (s) => {
  const played = await Played.of(s, 'deliberation', 'parking');
  await played.play({ 1: 'raised-375', 10: 'sketch-1440', 18: 'draft-1440', 21: 'displayed-1440', 24: 'heard-375' });
  const page = await played.page('community-worker');
  await page.goto(`/desk/m/${played.number}`);
  const plan = await page.locator('.sketch image').first().getAttribute('href');
  const answer = await page.request.get(plan);
  assert.equal(answer.status(), 200, 'the plan lies under the lines');
  assert.equal(answer.headers()['content-type'], 'image/png');
}, { ...long, clock: '2026-03-02T19:40:00+08:00' });

story('a pet convention: feelings, rules, duties; the clause with a fine goes back; a vote on paper and on phones', async (s) => {
  const played = await Played.of(s, 'convention', 'pet-convention');
  await played.play({ 5: 'draft-1440', 11: 'examined-1440', 22: 'voting-1440', 30: 'shown-1440' });
}, { ...long, clock: '2026-03-02T09:00:00+08:00' });

story('a watch team of neighbours: talking, no fines', async (s) => {
  const played = await Played.of(s, 'watch', 'watch-team');
  await played.play({ 4: 'on-duty-1440' });
}, { ...long, clock: '2026-03-16T19:00:00+08:00' });
