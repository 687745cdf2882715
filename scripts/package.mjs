// `npm run package`: the packages that this machine can build, over the Electron runtime that ELECTRON_OVERRIDE_DIST_PATH
// names (else the package's own). Says at the end what was built, how large it is, and what was left out and why.
//   --only=dir,deb    only these targets        --download    also those whose tools electron-builder must fetch
//   --fast            weaker compression, for tests
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { electronRuntime, runtimeVersion } from './lib/electron-runtime.mjs';
import { fail, ready, root } from './lib/runtime.mjs';

/** A package that grew beyond this has something in it that does not belong there. */
const largestBytes = 130e6;

await ready();
process.chdir(root);

const download = process.argv.includes('--download');
const only =
  process.argv
    .find((word) => word.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',') ?? null;
const sevenZip = which('7za') ?? which('7zz') ?? installSevenZip();
const runtime = electronRuntime();
const targets = targetsOf(process.platform).filter((target) => only === null || only.includes(target.name));
if (targets.length === 0) fail(`There is no target ${only?.join(', ')} on this platform.`);
const able = targets.filter((target) => target.missing === null);
if (!runtime && !download) {
  fail(
    'There is no Electron runtime here. Set ELECTRON_OVERRIDE_DIST_PATH to one, or allow the download with --download.',
  );
}
if (able.length === 0) fail(targets.map((target) => `${target.name}: ${target.missing}`).join('\n'));

const built = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
rmSync('release', { recursive: true, force: true });

const platformFlag = { linux: '--linux', win32: '--win', darwin: '--mac' }[process.platform];
const args = [
  platformFlag,
  ...able.map((target) => target.name),
  '--publish',
  'never',
  '--config',
  'electron-builder.yml',
];
if (runtime) args.push(`-c.electronDist=${runtime}`);
if (runtime && runtimeVersion(runtime)) args.push(`-c.electronVersion=${runtimeVersion(runtime)}`);
if (process.argv.includes('--fast')) args.push('-c.deb.compression=gz', '-c.compression=store');
const done = spawnSync('electron-builder', args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    CUSTOM_FPM_PATH: join(root, 'scripts', 'packaging', 'fpm.mjs'),
    ...(sevenZip ? { ELECTRON_BUILDER_7ZIP_PATH: sevenZip } : {}),
  },
});
if (done.status !== 0) fail('electron-builder failed; its messages are above.');
report();

/** Targets of a platform, each with the reason why it cannot be built here; null when it can. */
function targetsOf(platform) {
  const fetched = (what) => (download ? null : `${what} would be downloaded; --download allows it`);
  if (platform === 'win32')
    return ['dir', 'nsis', 'portable', 'zip'].map((name) => ({
      name,
      missing: name === 'dir' ? null : fetched('its tool'),
    }));
  if (platform === 'darwin') return ['dir', 'dmg', 'zip'].map((name) => ({ name, missing: null }));
  const archiver = sevenZip ? null : fetched('7-Zip');
  return [
    { name: 'dir', missing: null },
    { name: 'tar.gz', missing: archiver },
    { name: 'zip', missing: archiver },
    { name: 'deb', missing: which('dpkg-deb') ? archiver : 'dpkg-deb is not installed' },
    {
      name: 'rpm',
      missing: which('fpm') && which('rpmbuild') ? null : 'it needs fpm and rpmbuild, which are not installed',
    },
    { name: 'AppImage', missing: process.env.APPIMAGE_TOOLS_PATH ? null : fetched('the AppImage runtime') },
  ];
}

function report() {
  const files = readdirSync('release').filter((name) => /\.(tar\.gz|zip|deb|rpm|AppImage|exe|dmg)$/.test(name));
  console.log('\nBuilt:');
  for (const name of readdirSync('release').filter((entry) => entry.endsWith('-unpacked')))
    console.log(`  release/${name}`);
  for (const name of files) console.log(`  release/${name}  ${megabytes(statSync(join('release', name)).size)}`);
  const left = targets.filter((target) => target.missing !== null);
  if (left.length > 0) console.log('Left out:');
  for (const target of left) console.log(`  ${target.name}: ${target.missing}`);
  const version = runtime ? runtimeVersion(runtime) : null;
  if (version) console.log(`Over Electron ${version} from ${runtime}`);
  const large = files.filter((name) => statSync(join('release', name)).size > largestBytes);
  if (large.length > 0) fail(`Larger than ${megabytes(largestBytes)}: ${large.join(', ')}`);
}

function installSevenZip() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !which('apt-get')) return null;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (words) => spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  const done = apt(['install', '-y', '-qq', '--no-install-recommends', 'p7zip-full']);
  if (!done && apt(['update', '-qq'])) apt(['install', '-y', '-qq', '--no-install-recommends', 'p7zip-full']);
  return which('7za');
}

function which(tool) {
  const names = process.platform === 'win32' ? [`${tool}.exe`, `${tool}.cmd`] : [tool];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  return null;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
