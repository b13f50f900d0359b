// What every browser test stands on: a server of its own, one Chromium, pages that watch themselves.
// It does not know a single page's content, and it never shares a server or an order between stories.
//
//   import { story } from './harness.mjs';
//   story('a resident sees the home page', async (s) => {
//     const page = await s.phone();
//     await page.goto('/');
//     await s.axe(page);
//   });
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const shots = join(here, 'shots');
// Where ./test keeps what servers leave (checks/whole_run.py); a browser's own files are not searched.
const place = process.env.WHOLE_RUN ? join(process.env.WHOLE_RUN, 'tmp') : tmpdir();
export const binary = process.env.GONGZHI_BINARY ?? join(here, '..', 'target', 'debug', 'gongzhi');
const browserPath = process.env.GONGZHI_CHROMIUM ?? '/usr/bin/chromium';

// A Monday morning in working time. A story that needs a later day starts the server again with another one.
export const monday = '2026-11-23T09:00:00+08:00';

// The demo's sign-in: one place, so that a change of the page is a change of three lines.
const signInPage = '/desk/sign-in';
const demoPassword = process.env.GONGZHI_DEMO_PASSWORD ?? 'gongzhi-demo';
const signInFields = { user: 'input[name=user]', password: 'input[name=password]' };

const chromiumFlags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const patience = 10_000; // milliseconds for one step of a page
const startPatience = 60_000; // a dev build fills the demo region at its first start

// ── the server ──────────────────────────────────────────────────────────────────────────────────────────────

async function freePort() {
  const probe = createServer();
  await new Promise((ready, fail) => probe.once('error', fail).listen(0, '127.0.0.1', ready));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A running server over a temporary data directory. `restart` keeps the data; `stop` removes it. */
export class Server {
  static async start({ clock = monday, demo = true, args = [] } = {}) {
    const server = new Server();
    server.data = await mkdtemp(join(place, 'gongzhi-e2e-'));
    server.options = { clock, demo, args };
    try {
      await server.#launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Stops the process and starts it over the same data, for example on a later day. */
  async restart(change = {}) {
    await this.end();
    Object.assign(this.options, change);
    await this.#launch();
  }

  async stop() {
    await this.end();
    await rm(this.data, { recursive: true, force: true });
  }

  url(path) {
    return this.base + path;
  }

  async #launch() {
    if (!existsSync(binary)) throw new Error(`no binary at ${binary}: cargo build -p gongzhi, or set GONGZHI_BINARY`);
    // The address stays the same over a restart, so that open pages and their cookies still fit.
    this.port ??= await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    const { clock, demo, args } = this.options;
    const words = ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`];
    if (demo) words.push('--demo');
    if (clock) words.push('--clock', clock);
    this.said = '';
    this.process = spawn(binary, [...words, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: join(here, '..') });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (bytes) => { this.said = (this.said + bytes).slice(-20_000); });
    }
    this.ended = new Promise((done) => {
      this.process.once('exit', (code, signal) => done(`exit ${code ?? signal}`));
      this.process.once('error', (error) => done(error.message));
    });
    await this.#healthy();
  }

  async #healthy() {
    let over = null;
    this.ended.then((how) => { over = how; });
    const until = Date.now() + startPatience;
    while (Date.now() < until) {
      if (over) throw new Error(`the server ended before it answered (${over})\n${this.said}`);
      try {
        const answer = await fetch(this.url('/healthz'), { signal: AbortSignal.timeout(2_000) });
        if (answer.ok) return;
      } catch {
        // not listening yet
      }
      await pause(50);
    }
    throw new Error(`no answer from /healthz within ${startPatience / 1000} s\n${this.said}`);
  }

  /** Stops the process and keeps the data, for what is done beside a stopped server. */
  async end() {
    if (!this.process) return;
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(late);
    this.process = null;
  }
}

// ── the browser ─────────────────────────────────────────────────────────────────────────────────────────────

export function launchBrowser() {
  return chromium.launch({ executablePath: browserPath, args: chromiumFlags, env: { ...process.env, LD_PRELOAD: '' } });
}

/** Collects what a page must not do: log errors, throw, ask another host, answer 5xx. */
export function watch(context, base, notes) {
  const host = new URL(base).host;
  context.on('console', (message) => {
    if (message.type() === 'error') notes.push(`console: ${message.text().slice(0, 200)} (${message.location().url})`);
  });
  context.on('weberror', (error) => notes.push(`script: ${error.error().message.slice(0, 200)}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== host) notes.push(`outside request: ${url.host}`);
  });
  context.on('response', (answer) => {
    if (answer.status() >= 500) notes.push(`status ${answer.status()}: ${new URL(answer.url()).pathname}`);
  });
}

/** Rejects after `ms`: some waits of the browser have no limit of their own. */
function within(ms, what, work) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`${what}: not done within ${ms / 1000} s`)), ms); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Fails with the rule, the elements and the reason when axe finds a violation of WCAG 2.2 A or AA. */
export async function axe(page) {
  const { violations, passes } = await within(30_000, `axe on ${page.url()}`, new AxeBuilder({ page }).withTags(wcag).analyze());
  const lines = violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.slice(0, 4).map((n) => `    ${n.target.join(' ')}`).join('\n')}`);
  assert.equal(violations.length, 0, `${page.url()}: ${violations.length} axe violations\n${lines.join('\n')}`);
  assert.ok(passes.length > 0, `${page.url()}: axe examined nothing`);
}

/** Fails when the page is wider than its window: nobody should have to scroll sideways. */
export async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 1, `${page.url()}: overflows sideways by ${wide} px`);
}

/** Signs a member of staff in by the form, as a person does; the user names are those of the demo region. */
export async function signIn(page, user, password = demoPassword) {
  await page.goto(signInPage);
  await page.fill(signInFields.user, user);
  await page.fill(signInFields.password, password);
  await Promise.all([page.waitForURL((url) => url.pathname !== signInPage), page.press(signInFields.password, 'Enter')]);
}

const phoneView = { viewport: { width: 375, height: 812 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const deskView = { viewport: { width: 1440, height: 900 } };

/** What a story gets: one server, and as many people as it needs, each with a browser context of his own. */
class Stage {
  constructor(server, browser) {
    this.server = server;
    this.browser = browser;
    this.pages = [];
    this.notes = [];
    this.expected = [];
    this.scriptless = new Set();
    this.fits = fits;
    this.signIn = signIn;
  }

  phone(options = {}) { return this.#person({ ...phoneView, ...options }); }
  desk(options = {}) { return this.#person({ ...deskView, ...options }); }
  /** A phone whose browser runs no scripts at all. */
  async noScript(options = {}) {
    const page = await this.#person({ ...phoneView, javaScriptEnabled: false, ...options });
    this.scriptless.add(page);
    return page;
  }

  /** As `axe`. axe is a script itself: a page without scripts is examined as a copy (same address and cookies) whose scripts are not loaded. */
  async axe(page) {
    if (!this.scriptless.has(page)) return axe(page);
    const context = await this.browser.newContext({ ...phoneView, storageState: await page.context().storageState(), locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
    try {
      await context.route('**/*', (route) => (route.request().resourceType() === 'script' ? route.abort() : route.continue()));
      const copy = await context.newPage();
      await copy.goto(page.url());
      await axe(copy);
    } finally {
      await context.close();
    }
  }

  /** A desk with somebody signed in. */
  async staff(user, options = {}) {
    const page = await this.desk(options);
    await signIn(page, user);
    return page;
  }

  /** A console error that this story provokes on purpose (Chromium reports every 4xx page as one). */
  expect(pattern) { this.expected.push(pattern); }

  async #person(options) {
    const context = await this.browser.newContext({ baseURL: this.server.base, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
    context.setDefaultTimeout(patience);
    watch(context, this.server.base, this.notes);
    const page = await context.newPage();
    this.pages.push(page);
    return page;
  }

  complaints() {
    return this.notes.filter((note) => !this.expected.some((pattern) => pattern.test(note)));
  }

  async picture(title) {
    await mkdir(shots, { recursive: true });
    const name = title.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
    for (const [i, page] of this.pages.entries()) {
      await page.screenshot({ path: join(shots, `failed.${name}.${i + 1}.png`), fullPage: true }).catch(() => {});
    }
  }
}

/** One browser test with a server and data of its own. Leaves pictures of all its pages in e2e/shots when it fails. */
export function story(title, tell, { timeout = 120_000, ...serverOptions } = {}) {
  test(title, async () => {
    const server = await Server.start(serverOptions);
    let browser;
    try {
      browser = await launchBrowser();
      const stage = new Stage(server, browser);
      try {
        await within(timeout, 'the story', tell(stage));
        assert.deepEqual(stage.complaints(), [], 'the pages behaved badly');
      } catch (error) {
        await stage.picture(title);
        if (server.said) error.message += `\n── the server said last:\n${server.said.slice(-1500)}`;
        throw error;
      }
    } finally {
      await browser?.close();
      await server.stop();
    }
  });
}
