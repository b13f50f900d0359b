// node e2e/run.mjs [file…]: runs the stories (*.e2e.mjs) and ends with "browser: N passed, N failed".
// A run that ran nothing is a failure: it proves nothing.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const named = process.argv.slice(2);
const files = named.length
  ? named.map((name) => resolve(name))
  : (await readdir(here)).filter((name) => name.endsWith('.e2e.mjs')).sort().map((name) => join(here, name));

if (!files.length) {
  console.error('no story found: e2e/*.e2e.mjs');
  process.exit(1);
}

const scratch = await mkdtemp(join(tmpdir(), 'gongzhi-run-'));
const tap = join(scratch, 'tap');
const node = spawn(process.execPath, [
  '--test',
  '--test-reporter=spec', '--test-reporter-destination=stdout',
  '--test-reporter=tap', `--test-reporter-destination=${tap}`,
  ...files,
], { stdio: ['ignore', 'inherit', 'inherit'] });
const status = await new Promise((done) => node.once('exit', (code) => done(code ?? 1)));

// The closing comments of the TAP report hold node's own figures.
const report = await readFile(tap, 'utf8').catch(() => '');
const figure = (word) => Number([...report.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
await rm(scratch, { recursive: true, force: true });

const passed = figure('pass');
let failed = figure('fail') + figure('cancelled');
if (!failed && (status !== 0 || !passed)) failed = 1;
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
