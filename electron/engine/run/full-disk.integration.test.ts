import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CrashLab } from '../../testing/crash-lab.ts';

/** A disk of its own that can be filled; only root may mount one. */
class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'overland-disk-'));
  readonly #ballast = join(this.path, 'ballast');

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', this.path]);
  }

  /** Leaves this much free. */
  fill(leaveBytes: number): void {
    const file = openSync(this.#ballast, 'w');
    const block = Buffer.alloc(16_384, 1);
    try {
      for (;;) writeSync(file, block);
    } catch {
      // Full, as it should be.
    } finally {
      closeSync(file);
    }
    if (leaveBytes === 0) return;
    execFileSync('truncate', ['-s', `-${leaveBytes}`, this.#ballast]);
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

const canMount = process.getuid?.() === 0 && spawnMount();

function spawnMount(): boolean {
  try {
    new SmallDisk(1).remove();
    return true;
  } catch {
    return false;
  }
}

const lab = new CrashLab();
let disk: SmallDisk;
let undisturbed: string;

beforeAll(async () => {
  await lab.init({ tasks: 400, seed: 8 });
  lab.save();
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(0);
  undisturbed = lab.content();
});
afterAll(() => lab.remove());
afterEach(() => disk?.remove());

function onSmallDisk(megabytes: number): void {
  lab.restore();
  disk = new SmallDisk(megabytes);
}

describe.runIf(canMount)('a full disk: the run stops with words, and ends the same when there is space', () => {
  test('under the target', async () => {
    onSmallDisk(64);
    const target = join(disk.path, 'generic.db');
    const chosen = ['--connection', `generic=${target}`];
    disk.fill(1_500_000);
    const ended = await lab.run(['run', lab.bundle, '--yes', ...chosen]);
    expect(ended.output).toMatch(/space|full/i);
    expect(ended.output).not.toMatch(/Internal error/);
    expect(ended.code, ended.output).toBe(1);
    disk.free();
    const phase = lab.phase();
    const resumed = await lab.run(phase === 'execute' ? ['resume', 'last'] : ['run', lab.bundle, '--yes', ...chosen]);
    expect(resumed.code, resumed.output).toBe(0);
    expect(lab.content(target)).toBe(undisturbed);
  });

  test('under the data folder, for journal, scratch and rollback points', async () => {
    onSmallDisk(64);
    const home = join(disk.path, 'home');
    mkdirSync(home, { mode: 0o700 });
    const made = await lab.run(['plan', lab.bundle], { home });
    expect(made.code, made.output).toBe(0);
    for (const left of [0, 150_000, 400_000, 900_000]) {
      disk.fill(left);
      const ended = await lab.run(['run', lab.bundle, '--yes'], { home });
      expect(ended.output, `${left} bytes left`).toMatch(/space|full/i);
      expect(ended.output, `${left} bytes left`).not.toMatch(/Internal error|unexpected/);
      expect(ended.code, ended.output).toBe(1);
      disk.free();
    }
    const ended = await lab.run(['run', lab.bundle, '--yes'], { home });
    expect(ended.code, ended.output).toBe(0);
    expect(lab.content()).toBe(undisturbed);
  });

  test('in the backup: nothing is written to the target, and the half-made point is gone', async () => {
    onSmallDisk(64);
    lab.fillTarget();
    lab.sql(
      lab.target,
      "INSERT INTO theirs (note) SELECT hex(randomblob(500)) FROM json_each('[' || rtrim(replace(hex(zeroblob(10000)), '00', '0,'), ',') || ']')",
    );
    const before = lab.sha256(lab.target);
    const home = join(disk.path, 'home');
    mkdirSync(home, { mode: 0o700 });
    const planned = await lab.run(['plan', lab.bundle], { home });
    expect(planned.code, planned.output).toBe(0);
    disk.fill(6_000_000);
    const ended = await lab.run(['backup', 'last', '--yes'], { home });
    expect(ended.output).toMatch(/bytes free and .* needed|space/i);
    expect(ended.code, ended.output).toBe(1);
    expect(lab.sha256(lab.target)).toBe(before);
    disk.free();
    const again = await lab.run(['backup', 'last', '--yes'], { home });
    expect(again.code, again.output).toBe(0);
  });
});
