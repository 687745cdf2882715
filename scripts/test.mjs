// `npm test`: everything that is checked before a change goes in. `--only a,b` and `--skip a,b` choose among the stages.
// The last line is `N passed, N failed`; any failure makes the exit code 1.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { electronRuntime, runtimeVersion } from './lib/electron-runtime.mjs';
import { ready, root } from './lib/runtime.mjs';

await ready();
process.chdir(root);

const results = join(root, 'test-results');
const total = { passed: 0, failed: 0, skipped: 0 };
const failedStages = [];
const zones = ['shared', 'electron', 'electron/preload', 'renderer', 'e2e'];

/** In order: what is cheap first, what needs the build after it. */
const stages = {
  packages: installPackages,
  lint: () => check('biome', ['check', '.']),
  types: () => zones.map((zone) => check('tsc', ['-p', zone])).every(Boolean),
  unit: () => vitest('unit'),
  integration: () => vitest('integration'),
  build: () => check(process.execPath, ['scripts/build.mjs']),
  browser: () => playwright('browser'),
  desktop: testDesktop,
  packaged: testPackaged,
};

for (const name of chosen()) {
  banner(name);
  const started = performance.now();
  const good = await stages[name]();
  if (good === false) failedStages.push(name);
  console.log(`${name}: ${good === false ? 'FAILED' : 'ok'}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

banner('result');
if (failedStages.length > 0) console.log(`Failed: ${failedStages.join(', ')}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped; each says why above.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(failedStages.length > 0 || total.failed > 0 ? 1 : 0);

function chosen() {
  const list = (option) => {
    const at = process.argv.findIndex((word) => word === option || word.startsWith(`${option}=`));
    if (at < 0) return null;
    const word = process.argv[at];
    return (word.includes('=') ? word.slice(option.length + 1) : (process.argv[at + 1] ?? '')).split(',');
  };
  const only = list('--only');
  const skip = list('--skip') ?? [];
  const unknown = [...(only ?? []), ...skip].filter((name) => !(name in stages));
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(stages).join(', ')}.`);
    process.exit(2);
  }
  return Object.keys(stages).filter((name) => (only === null || only.includes(name)) && !skip.includes(name));
}

/** What the journeys and the tests on servers need of Debian; elsewhere the tools must be there already. */
function installPackages() {
  const wanted = { chromium: 'chromium', 'xvfb-run': 'xvfb', xauth: 'xauth', mariadbd: 'mariadb-server' };
  const given = process.env.OVERLAND_TEST_MYSQL_URL ? ['mariadbd'] : [];
  const missing = Object.keys(wanted).filter((tool) => !given.includes(tool) && !which(tool));
  if (missing.length === 0) return true;
  const names = missing.map((tool) => wanted[tool]);
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !which('apt-get')) {
    loud(`Missing: ${missing.join(', ')}. Install them first (Debian: ${names.join(' ')}); this account cannot.`);
    if (missing.includes('mariadbd')) loud('No mariadb-server: the tests of the mysql driver DO NOT RUN.');
    return true;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
  const done = run(['update', '-qq']) && run(['install', '-y', '-qq', '--no-install-recommends', ...names]);
  if (!done) loud(`apt-get could not install ${names.join(' ')}: the journeys that need them will fail.`);
  if (!done && missing.includes('mariadbd')) loud('No MariaDB: the tests of the mysql driver DO NOT RUN.');
  return true;
}

/** A tool whose exit code is its verdict; counts as one. */
function check(command, args) {
  const done = spawnSync(command, args, { stdio: 'inherit' });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  return count(done.status === 0 ? 1 : 0, done.status === 0 ? 0 : 1, 0);
}

function vitest(project) {
  const file = fresh(`${project}.json`);
  const done = spawnSync(
    'vitest',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { stdio: 'inherit' },
  );
  const report = readReport(file);
  if (!report) return count(0, 1, 0);
  const failed = report.numFailedTests;
  // A file that cannot be loaded has no failing test in it, but it failed.
  return count(report.numPassedTests, failed === 0 && done.status !== 0 ? 1 : failed, report.numPendingTests);
}

function playwright(project, env = {}, wrapper = []) {
  const file = fresh(`${project}.json`);
  const command = [
    ...wrapper,
    'playwright',
    'test',
    '-c',
    'e2e/playwright.config.ts',
    `--project=${project}`,
    '--reporter=list,json',
  ];
  const done = spawnSync(command[0], command.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  const stats = readReport(file)?.stats;
  if (!stats) return count(0, 1, 0);
  const failed = stats.unexpected;
  if (stats.flaky > 0) loud(`${stats.flaky} journeys passed only at the second try; see above which.`);
  return count(stats.expected + stats.flaky, failed === 0 && done.status !== 0 ? 1 : failed, stats.skipped);
}

function testDesktop() {
  const runtime = electronRuntime();
  if (!runtime) {
    loud(
      'No Electron runtime on this machine: the desktop journeys DID NOT RUN. Set ELECTRON_OVERRIDE_DIST_PATH to one.',
    );
    return true;
  }
  console.log(`Electron ${runtimeVersion(runtime) ?? '(version not told)'} from ${runtime}`);
  return playwright('desktop', { ELECTRON_OVERRIDE_DIST_PATH: runtime }, display());
}

/** Builds the package over the runtime, installs and starts it. */
function testPackaged() {
  const runtime = electronRuntime();
  if (!runtime || process.platform !== 'linux') {
    loud('No Electron runtime for Linux here: the packaged app WAS NOT BUILT and not tested.');
    return true;
  }
  const built = spawnSync(process.execPath, ['scripts/package.mjs', '--only=dir,deb', '--fast'], {
    stdio: 'inherit',
    env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: runtime },
  });
  if (built.status !== 0) return count(0, 1, 0);
  return playwright('packaged', { ELECTRON_OVERRIDE_DIST_PATH: runtime }, display());
}

/** Command that brings a screen where there is none. */
function display() {
  return process.platform === 'linux' ? ['xvfb-run', '-a', '-s', '-screen 0 1280x900x24'] : [];
}

function count(passed, failed, skipped) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  return failed === 0;
}

function fresh(name) {
  mkdirSync(results, { recursive: true });
  const file = join(results, name);
  rmSync(file, { force: true });
  return file;
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function which(tool) {
  // Servers live where the PATH of a plain user does not reach.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => existsSync(join(folder, tool)));
}

function banner(name) {
  console.log(`\n=== ${name} ${'='.repeat(Math.max(0, 70 - name.length))}`);
}

function loud(text) {
  console.log(`\n${'!'.repeat(78)}\n!! ${text}\n${'!'.repeat(78)}\n`);
}
