// Plays a scenario file of a pack through the pages, by everybody who has a part in it: the same story that the rules are
// tested with, told with fingers. Each step is done on the page where that person would do it, on its own day.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { signIn } from './harness.mjs';
import { codes, follow, look, offered, press, refusal } from './steps.mjs';

const packs = join(import.meta.dirname, '..', 'packs', 'national');
const read = async (path) => parse(await readFile(join(packs, path), 'utf8'));

export class Played {
  static async of(s, mechanism, scenario) {
    const played = new Played();
    Object.assign(played, { s, id: mechanism, people: new Map(), letters: 0 });
    played.mechanism = await read(`${mechanism}/mechanism.toml`);
    played.story = await read(`${mechanism}/scenarios/${scenario}.toml`);
    return played;
  }

  /** Every step to the end; `pictures` names the steps to look at, by their place. */
  async play(pictures = {}) {
    for (const [i, step] of this.story.step.entries()) {
      try {
        await this.step(step);
        if (pictures[i + 1]) await look(this.s, await this.page(step.who === 'clock' ? this.staff() : step.who), `${this.id}-${pictures[i + 1]}`);
      } catch (error) {
        throw new Error(`step ${i + 1} (${step.at} ${step.who} ${step.do}): ${error.message}`, { cause: error });
      }
    }
  }

  async step(step) {
    await this.on(step.at);
    if (step.do === 'wait') return this.waited(step);
    if (step.do === 'vote') return step.paper ? this.paper(step) : this.ballot(step);
    if (step.refused) return this.cannot(step);
    if (step.do === 'raise') await this.raise(step);
    else await this.act(step);
    await this.holds(step);
  }

  /** The day of the step: the server starts again in the morning, and everybody signs in anew. */
  async on(at) {
    const time = `${at}:00+08:00`;
    if (this.day === at.slice(0, 10)) return;
    this.day = at.slice(0, 10);
    if (this.s.server.options.clock !== time) await this.s.server.restart({ clock: time });
    this.people.clear();
  }

  async page(who) {
    if (!this.people.has(who)) {
      const page = await (who === 'resident' ? this.s.phone() : this.s.desk());
      if (who !== 'resident') await signIn(page, who);
      this.people.set(who, page);
    }
    return this.people.get(who);
  }

  /** The person's own view of the matter. */
  async open(who) {
    const page = await this.page(who);
    if (who === 'resident') await follow(page, this.codes);
    else await page.goto(`/desk/m/${this.number}`);
    return page;
  }

  async raise(step) {
    const page = await this.page(step.who);
    if (step.who === 'resident') await this.raiseOnPortal(page, step.with);
    else {
      await page.goto(`/desk/intake?mechanism=${this.id}`);
      const form = page.locator('form[action="/desk/intake"]');
      await form.locator('select[name=region]').selectOption(this.story.region).catch(() => {});
      await this.fill(form, step.with);
      // What a body raises itself is sent in its own words; what somebody tells it is registered.
      const send = form.getByRole('button', { name: new RegExp(`登记|${this.mechanism.action.raise.label.zh}`) }).last();
      await Promise.all([page.waitForEvent('domcontentloaded'), send.click()]);
    }
    this.codes = await codes(page);
    this.number = this.codes.number;
  }

  async raiseOnPortal(page, given) {
    const fields = { ...given };
    await page.goto(`/raise/${this.id}`);
    const words = this.mechanism.action.raise.needs.find((f) => this.mechanism.field[f].type === 'text');
    await page.locator('textarea[name=what]').fill(fields[words]);
    delete fields[words];
    const place = Object.keys(this.mechanism.field).find((f) => this.mechanism.field[f].type === 'place' && fields[f]);
    if (place) {
      await page.locator('input[name=place]').fill(fields[place]);
      delete fields[place];
    }
    for (const [level, length] of [[0, 9], [1, 12]]) {
      if (this.story.region.length < length) continue;
      if (level > 0) await press(page, '接着往下选');
      await page.locator(`select[name=r${level}]`).selectOption(this.story.region.slice(0, length));
    }
    await press(page, '下一步');
    const form = page.locator(`form[action="/raise/${this.id}"]`);
    await this.fill(form, fields);
    await press(page, '下一步，看一遍');
    await press(page, '发出');
  }

  /** What is on the button: the mechanism's own word, or the decision on what somebody proposed. */
  label(what) {
    const [first, inner] = what.split(':');
    const word = this.mechanism.action[inner ?? first].label.zh;
    return { approve: `同意：${word}`, reject: `不同意：${word}`, take_back: `撤回提请：${word}` }[inner ? first : ''] ?? word;
  }

  async act(step, again = true) {
    const page = await this.open(step.who);
    const label = this.label(step.do);
    if (step.who === 'resident') return this.say(page, step);
    const names = page.locator('.picker .picks label').filter({ has: page.locator('span', { hasText: new RegExp(`^\\s*${label}\\s*$`) }) });
    assert.equal(await names.count(), 1, `“${label}” is offered; there is: ${(await offered(page)).join(' | ')}`);
    const n = await names.locator('input').getAttribute('value');
    await names.click();
    const form = page.locator(`.picker .act[data-act="${n}"] form`);
    await this.fill(form, step.with ?? {});
    const send = form.locator('p.actions button').first();
    await Promise.all([page.waitForEvent('domcontentloaded'), send.click()]);
    // Words for everybody are shown once more before they go out.
    const sure = page.locator('form:has(input[name=sure]) p.actions button, button[name=sure]').first();
    if (!/\?did=/.test(page.url()) && await sure.count()) await Promise.all([page.waitForEvent('domcontentloaded'), sure.click()]);
    // The matter may move while somebody types (what a child says comes by itself): she looks again, and does it.
    if (again && !/\?did=/.test(page.url()) && (await refusal(page)).includes('先办了一步')) {
      this.s.expect(/409/);
      return this.act(step, false);
    }
    assert.match(page.url(), /\?did=/, `${label}: not done; the page says ${await refusal(page)}`);
  }

  /** She answers on her own page. */
  async say(page, step) {
    const form = page.locator('form#say');
    const pick = form.locator(`label:has(input[type=radio][name=act][value="${step.do}"])`);
    if (await pick.count()) await pick.click();
    await this.fill(form, step.with ?? {});
    await Promise.all([page.waitForEvent('domcontentloaded'), form.locator('p.actions button').first().click()]);
    assert.match(page.url(), /\?done/, `${step.do}: not done; the page says ${await refusal(page)}`);
  }

  /** What the rules refuse is not offered; a form left incomplete says what is missing, and nothing is done. */
  async cannot(step) {
    if (!['state', 'guard', 'role', 'at_most', 'separation'].includes(step.refused) || step.do === 'raise') return;
    const page = await this.open(step.who);
    const label = this.label(step.do);
    assert.ok(!(await offered(page)).includes(label), `“${label}” is offered although the rules refuse it`);
  }

  async fill(form, fields) {
    for (const [id, value] of Object.entries(fields)) {
      const field = this.mechanism.field[id];
      const input = form.locator(`[name="v-${id}"]`);
      if (['choice', 'yes_no'].includes(field.type)) await this.choose(form, id, String(value));
      else if (field.type === 'body') await this.body(input.first(), value);
      else if (field.type === 'bodies') for (const name of value) await form.locator('label', { hasText: name }).first().click();
      else if (field.type === 'sketch') await this.draw(form.locator('[data-sketch]'), value.marks);
      else await input.first().fill(String(value));
    }
  }

  async choose(form, id, value) {
    const radio = form.locator(`input[name="v-${id}"][value="${value}"]`);
    if (await radio.count()) await form.locator(`label:has(input[name="v-${id}"][value="${value}"])`).first().click();
    else await form.locator(`select[name="v-${id}"]`).selectOption(value);
  }

  async body(select, name) {
    const all = await select.locator('option').evaluateAll((options) => options.map((o) => [o.value, o.textContent.trim()]));
    const found = all.find(([, text]) => text === name) ?? all.find(([, text]) => text.startsWith(name));
    assert.ok(found, `${name} can be chosen`);
    await select.selectOption(found[0]);
  }

  /** With the mouse: a plan to lie under it, then choose what, say what it is, press the places, end it. */
  async draw(sketch, marks) {
    const pad = sketch.locator('.sk-pad');
    const plan = await sketch.page().screenshot({ clip: { x: 0, y: 0, width: 640, height: 480 } });
    await sketch.locator('[data-under]').setInputFiles({ name: 'plan.png', mimeType: 'image/png', buffer: plan });
    await pad.locator('image[href^="blob:"]').waitFor({ state: 'attached' });
    for (const mark of marks) {
      await sketch.locator('[data-kind]').selectOption(mark.kind);
      await sketch.locator('[data-words]').fill(mark.text ?? '');
      await pad.scrollIntoViewIfNeeded();
      const box = await pad.boundingBox();
      for (const [x, y] of mark.points) await pad.click({ position: { x: (x / 1000) * box.width, y: (y / 1000) * box.height } });
      const end = sketch.locator('[data-end]');
      if (mark.points.length > 1 && await end.isEnabled()) await end.click();
    }
    const drawn = JSON.parse(await sketch.locator('input[name^="v-"][type=hidden]').first().inputValue());
    assert.equal((drawn.marks ?? drawn).length, marks.length, 'everything that was drawn is kept');
  }

  /** Every slip with its code, as those print them who checked how many there are. */
  async print(vote) {
    const page = await this.page(this.story.step.find((s) => /^check_/.test(s.do))?.who ?? this.teller());
    await page.goto(`/desk/m/${this.number}/slips/${vote}`);
    await Promise.all([page.waitForEvent('domcontentloaded'), page.locator('main form button').last().click()]);
    const slips = await page.locator('[data-slip]').evaluateAll((all) => all.map((s) => [s.dataset.slip, s.querySelector('.slip-code').innerText.trim()]));
    assert.ok(slips.length, `no slip was printed: ${await refusal(page)}`);
    return Object.fromEntries(slips);
  }

  /** One slip on a phone; its code stands on the slip that the teller printed. */
  async ballot(step) {
    this.slips ??= await this.print(step.vote);
    const code = (slip) => this.slips[slip];
    const secret = code(step.slip);
    const phone = await this.page('resident');
    await phone.goto(`/v/${this.number}`);
    await phone.fill('input[name=slip]', String(step.slip));
    await phone.fill('input[name=code]', secret);
    await Promise.all([phone.waitForEvent('domcontentloaded'), phone.locator('main form p.actions button').first().click()]);
    const other = phone.locator('input[name=for_slip]');
    if (step.for_slip && !await other.isVisible()) await phone.locator('details:has(input[name=for_slip]) > summary').click();
    await phone.locator(`label:has(input[name=choice][value="${step.choice}"])`).click();
    if (step.for_slip) {
      await other.fill(String(step.for_slip));
      await phone.locator('input[name=for_code]').fill(code(step.for_slip));
    }
    for (const what of ['confirm', 'cast']) {
      await Promise.all([phone.waitForEvent('domcontentloaded'), phone.locator(`button[name=step][value=${what}]`).click()]);
    }
    assert.ok((await phone.locator('main').innerText()).includes('已经收到'), 'the page says that the vote is in');
  }

  /** Somebody at a desk who reads the matter. */
  staff() {
    return this.story.step.find((s) => !['resident', 'clock'].includes(s.who) && s.do !== 'vote' && !s.refused)?.who;
  }

  teller() {
    return this.story.step.find((s) => s.do === 'vote' && s.paper)?.who;
  }

  async paper(step) {
    const page = await this.page(step.who);
    await page.goto(`/desk/m/${this.number}/paper/${step.vote}`);
    await page.fill('[name=slips]', step.paper.slips.join('、'));
    for (const { id } of this.mechanism.vote[step.vote].options) await page.fill(`[name=n-${id}]`, String(step.paper.counts[id] ?? 0));
    const send = page.locator('main form:has([name=slips]) button').last();
    if (step.refused) this.s.expect(/409|422/);
    await Promise.all([page.waitForEvent('domcontentloaded'), send.click()]);
    const done = new URL(page.url()).pathname === `/desk/m/${this.number}`;
    assert.equal(done, !step.refused, step.refused ? 'a slip counts once' : `not entered: ${await refusal(page)}`);
  }

  /** Time has passed: whoever opens the matter finds what the clock did. */
  async waited(step) {
    await this.s.server.restart({ clock: `${step.at}:00+08:00` });
    this.people.clear();
    await this.holds(step);
  }

  /** What must hold now, as the pages say it. */
  async holds({ then = {} }) {
    if (!then.state) return;
    const page = await this.open(this.staff());
    // At the desk the person is spoken of, not to.
    const name = this.mechanism.state[then.state].name.zh.replaceAll('您', '本人');
    const text = await page.locator('main').innerText();
    assert.ok(text.includes(name), `the page says “${name}”:\n${text.slice(0, 900)}`);
    if (then.published) {
      const open = await this.page('resident');
      await open.goto('/open/matters');
      assert.ok((await open.locator('main').innerText()).includes(this.number), 'what was published can be read by everybody');
    }
  }
}
