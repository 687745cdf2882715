#!/usr/bin/env node
// Stands in for fpm, which electron-builder would download: makes a Debian package with the system's dpkg-deb. Understands
// the options that electron-builder passes for `deb`, and refuses any other target.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const { options, inputs } = readArguments(process.argv.slice(2));
const first = (...names) => names.map((name) => options.get(name)?.[0]).find((value) => value !== undefined);
const all = (...names) =>
  names
    .flatMap((name) => options.get(name) ?? [])
    .flatMap((value) => value.split(/,\s*/))
    .filter(Boolean);

const target = first('t', 'output-type');
if (target !== 'deb') {
  console.error(`Only deb packages are made here, not ${target}: install fpm for others and set USE_SYSTEM_FPM=true.`);
  process.exit(1);
}

const tree = mkdtempSync(join(tmpdir(), 'overland-deb-'));
try {
  // dpkg-deb keeps the mode of the root folder, and a temporary folder is 0700.
  chmodSync(tree, 0o755);
  for (const input of inputs) addInput(input);
  const installedBytes = settle(tree);
  const control = join(tree, 'DEBIAN');
  mkdirSync(control, { mode: 0o755 });
  writeFileSync(join(control, 'control'), controlFile(installedBytes));
  addScripts(control);
  const out = first('p', 'package');
  rmSync(out, { force: true });
  // fpm says gz where dpkg-deb says gzip.
  const compression = { gz: 'gzip', bzip2: 'xz' }[first('deb-compression')] ?? first('deb-compression') ?? 'xz';
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, out], { stdio: 'inherit' });
} finally {
  rmSync(tree, { recursive: true, force: true });
}

/** `--name value`, `--name=value` and `-n value`; what has no dash is an input. */
function readArguments(words) {
  const flags = new Set(['force', 'no-auto-depends', 'deb-no-default-config-files', 'verbose', 'debug']);
  const found = new Map();
  const rest = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (!word.startsWith('-')) {
      rest.push(word);
      continue;
    }
    const [, name, inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(word);
    if (flags.has(name)) continue;
    const value = inline ?? words[++at];
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return { options: found, inputs: rest };
}

/** `SOURCE=/place/in/the/package`: a folder's content, or one file. */
function addInput(input) {
  const [source, place = ''] = input.split('=', 2);
  const to = join(tree, place);
  if (statSync(source).isDirectory()) {
    cpSync(source, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    return;
  }
  const file = place.endsWith('/') ? join(to, basename(source)) : to;
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(source, file);
}

/** Modes as a package has them; gives the size of all files. */
function settle(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) continue;
    const { mode, size } = statSync(path);
    if (entry.isDirectory()) {
      chmodSync(path, 0o755);
      bytes += settle(path);
    } else {
      chmodSync(path, mode & 0o111 ? 0o755 : 0o644);
      bytes += size;
    }
  }
  return bytes;
}

function controlFile(bytes) {
  const [summary, ...details] = (first('description') ?? first('n', 'name')).split('\n');
  const architecture = first('a', 'architecture');
  const fields = {
    Package: first('n', 'name'),
    Version: first('v', 'version'),
    Section: first('category') ?? 'default',
    Priority: first('deb-priority') ?? 'optional',
    Architecture: { x86_64: 'amd64', x64: 'amd64', aarch64: 'arm64' }[architecture] ?? architecture,
    Maintainer: first('m', 'maintainer'),
    'Installed-Size': String(Math.ceil(bytes / 1024)),
    Depends: all('d', 'depends').join(', '),
    Recommends: all('deb-recommends').join(', '),
    Suggests: all('deb-suggests').join(', '),
    Provides: all('provides').join(', '),
    Conflicts: all('conflicts').join(', '),
    Replaces: all('replaces').join(', '),
    Vendor: first('vendor'),
    Homepage: first('url'),
    License: first('license'),
  };
  const lines = Object.entries(fields).filter(([, value]) => value);
  return [
    ...lines.map(([name, value]) => `${name}: ${value}`),
    ...(options.get('deb-field') ?? []),
    `Description: ${summary}`,
    ...details.map((line) => ` ${line.trim() || '.'}`),
    '',
  ].join('\n');
}

function addScripts(control) {
  const scripts = {
    'before-install': 'preinst',
    'after-install': 'postinst',
    'before-remove': 'prerm',
    'after-remove': 'postrm',
  };
  for (const [option, name] of Object.entries(scripts)) {
    const source = first(option);
    if (source === undefined) continue;
    copyFileSync(source, join(control, name));
    chmodSync(join(control, name), 0o755);
  }
}
