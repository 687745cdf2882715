import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const fpm = fileURLToPath(new URL('./fpm.mjs', import.meta.url));

describe.skipIf(!existsSync('/usr/bin/dpkg-deb'))('a Debian package without fpm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overland-fpm-'));
  const out = join(folder, 'demo.deb');
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    const app = join(folder, 'app');
    mkdirSync(join(app, 'inner'), { recursive: true });
    writeFileSync(join(app, 'demo'), '#!/bin/sh\n');
    chmodSync(join(app, 'demo'), 0o700);
    writeFileSync(join(app, 'inner', 'data'), 'x'.repeat(3000), { mode: 0o600 });
    symlinkSync('demo', join(app, 'link'));
    writeFileSync(join(folder, 'after'), '#!/bin/sh\nexit 0\n');
    execFileSync(process.execPath, [
      fpm,
      ...['-s', 'dir', '--force', '-t', 'deb', '--deb-compression', 'gz', '--architecture', 'amd64'],
      ...['--name', 'demo', '--version', '1.2.3', '--maintainer', 'A Person <a@example.org>'],
      ...['--description', 'One line\nand more\n\nand an empty one', '--after-install', join(folder, 'after')],
      ...['-d', 'libgtk-3-0', '-d', 'libnss3', '--deb-recommends', 'xdg-utils', '--package', out],
      ...[`${app}/=/opt/Demo`, `${join(folder, 'after')}=/usr/share/demo/note`],
    ]);
  });

  it('has the fields that were given', () => {
    const field = (name: string) => execFileSync('dpkg-deb', ['-f', out, name], { encoding: 'utf8' }).trim();
    expect(field('Package')).toBe('demo');
    expect(field('Version')).toBe('1.2.3');
    expect(field('Depends')).toBe('libgtk-3-0, libnss3');
    expect(field('Recommends')).toBe('xdg-utils');
    expect(field('Description')).toBe('One line\n and more\n .\n and an empty one');
  });

  it('has the files at their places, owned by root, readable by all', () => {
    const lines = execFileSync('dpkg-deb', ['-c', out], { encoding: 'utf8' }).split('\n');
    const at = (path: string) => lines.find((line) => line.includes(` ./${path}`)) ?? '';
    expect(lines[0]).toMatch(/^drwxr-xr-x root\/root .* \.\/$/);
    expect(at('opt/Demo/demo')).toMatch(/^-rwxr-xr-x root\/root/);
    expect(at('opt/Demo/inner/data')).toMatch(/^-rw-r--r-- root\/root/);
    expect(at('opt/Demo/link')).toContain('-> demo');
    expect(at('usr/share/demo/note')).not.toBe('');
  });

  it('carries the script that runs after installation', () => {
    expect(execFileSync('dpkg-deb', ['-I', out, 'postinst'], { encoding: 'utf8' })).toContain('exit 0');
  });

  it('refuses other targets, with what to do', () => {
    const done = spawnSync(process.execPath, [fpm, '-s', 'dir', '-t', 'rpm', '--name', 'demo'], { encoding: 'utf8' });
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('USE_SYSTEM_FPM');
  });
});
