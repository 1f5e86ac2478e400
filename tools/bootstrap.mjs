// Runs before anything is installed, so it needs Node and nothing else:
//   node tools/bootstrap.mjs start|test|check|bench|prove|generate [arguments]
// It installs when that is due, builds what has changed, and then is the program that was asked for.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.falconpay-installed');
const entries = {
  start: 'infra/local/dist/start.js',
  bench: 'bench/dist/run.js',
  prove: 'e2e/dist/prove.js',
  check: 'tools/dist/check.js',
  generate: 'tools/dist/generate.js',
};

const [command = '', ...args] = process.argv.slice(2);
requireNode(20, 19);
if (command !== 'test' && !Object.hasOwn(entries, command)) {
  fail(`usage: node tools/bootstrap.mjs ${['test', ...Object.keys(entries)].join('|')} [arguments]`);
}
process.chdir(root);
process.env.NX_DAEMON = 'false';
process.env.NX_NO_CLOUD = 'true';
process.env.NX_TUI = 'false';
endWithParent();
await install();
await build();
if (command === 'test') process.exit(await test());
else await become(join(root, entries[command]));

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  fail(
    `FalconPay needs Node ${major}.${minor} or newer and this is ${process.versions.node}: get it from https://nodejs.org or with "nvm install ${major}".`,
  );
}

/** Only when node_modules is not what the lock file says; what somebody installed by hand since is left alone. */
async function install() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  if (installedByHand()) return writeFileSync(stamp, lock);
  const startedAt = Date.now();
  console.log('install | getting the packages (npm ci), about a minute the first time ...');
  const heartbeat = setInterval(() => console.log(`install | still at it after ${seconds(startedAt)} s ...`), 15_000);
  // No package needs an install script here: compilers and Postgres come as platform packages, ready to run.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  let outcome = await run('npm', ['ci', ...options], { quiet: true });
  if (outcome.code !== 0 && outcome.output.includes('EUSAGE')) {
    // A lock file written where the registry lacks other platforms' binaries; npm install takes the same versions from it.
    outcome = await run('npm', ['install', '--no-save', ...options], { quiet: true });
  }
  clearInterval(heartbeat);
  if (outcome.code !== 0) fail(`the packages could not be installed:\n${outcome.output}`);
  writeFileSync(stamp, lock);
  console.log(`install | done in ${seconds(startedAt)} s`);
}

/** npm writes its own list into node_modules last: as new as the lock file means it was installed from it. */
function installedByHand() {
  const list = join('node_modules', '.package-lock.json');
  return existsSync(list) && statSync(list).mtimeMs >= statSync('package-lock.json').mtimeMs - 10_000;
}

/** Nx builds what has changed and takes the rest from its cache. */
async function build() {
  const startedAt = Date.now();
  const heartbeat = setInterval(() => console.log(`build | still at it after ${seconds(startedAt)} s ...`), 15_000);
  const outcome = await run(
    process.execPath,
    ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--outputStyle=stream', '--parallel=2'],
    { quiet: true },
  );
  clearInterval(heartbeat);
  if (outcome.code !== 0) fail(`the build failed:\n${outcome.output}`);
  console.log(`build | up to date (${seconds(startedAt)} s)`);
}

/** Jest, and then one line that says how it went. */
async function test() {
  const folder = mkdtempSync(join(tmpdir(), 'falconpay-jest-'));
  const results = join(folder, 'results.json');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { code } = await run(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${results}`, ...args],
    {
      env: {
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
        FALCONPAY_TEST_PARENT: String(process.pid),
      },
    },
  );
  let passed = 0;
  let failed = 0;
  if (existsSync(results)) {
    const result = JSON.parse(readFileSync(results, 'utf8'));
    passed = result.numPassedTests;
    // A file that could not even be loaded holds tests that nobody counted.
    failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  }
  if (code !== 0 && failed === 0) failed = 1;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The program goes on in this very process: signals reach it, and nothing stands between it and the terminal. */
async function become(entry) {
  if (!existsSync(entry)) fail(`${entry} is missing: this command is not part of the project yet.`);
  process.argv.splice(1, 2, entry);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(entry).href);
}

/** Runs a program to its end and hands signals on to it. */
function run(program, programArgs, { quiet = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, programArgs, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    let interrupted;
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const handOn = (signal) => {
      interrupted = signal;
      child.kill(signal);
    };
    const endWithUs = () => child.kill('SIGTERM');
    for (const signal of signals) process.on(signal, handOn);
    process.once('exit', endWithUs);
    const done = (code) => {
      for (const signal of signals) process.off(signal, handOn);
      process.off('exit', endWithUs);
      if (interrupted !== undefined) process.exit(128 + constants.signals[interrupted]);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      done(1);
    });
    child.once('close', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}

/**
 * Run by npm, and npm is gone (killed, so that it could not tell us): then nobody waits for us any more. The scripts say
 * `exec`, so npm is our parent, and its signals reach us: a shell in between would keep them to itself.
 */
function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

function seconds(since) {
  return ((Date.now() - since) / 1_000).toFixed(1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
