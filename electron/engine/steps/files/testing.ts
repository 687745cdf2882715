import { readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { balance } from '../../validation/ledgers.ts';
import { StepBench } from '../testing/step-bench.ts';
import type { TestRun } from '../testing/test-run.ts';
import type { FilesPlan } from './plan-types.ts';

/** A profile with a `files` step from the folder `old` to the folder `new`, for tests. */
export class FilesBench extends StepBench {
  /** Every file and link below a folder, with content, mode and time of the last change. */
  tree(name: string): string[] {
    return readdirSync(this.path(name), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes('.overland'))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        if (entry.isSymbolicLink()) return `${path} -> ${readlinkSync(path)}`;
        const { mode, mtimeMs } = statSync(path);
        return `${path} ${mode} ${Math.round(mtimeMs)} ${readFileSync(path).toString('base64')}`;
      })
      .sort();
  }

  both(): string[] {
    return [...this.tree('old'), ...this.tree('new')];
  }

  /** Files with a time that lies back. */
  put(files: Readonly<Record<string, string>>): void {
    this.write(files);
    for (const [at, name] of Object.keys(files).entries())
      utimesSync(this.path(name), 1_600_000_000 + at, 1_600_000_000 + at);
  }

  /** `rules` and `source` are lines of the step, and keys of its source. */
  async prepare(rules: string, source = ''): Promise<TestRun> {
    this.write({
      'profile.toml': `overland = 1\nid = "files"\nversion = "1"\n[connections]\nold = { engine = "folder", path = "old", access = "write" }\nnew = { engine = "folder", path = "new", access = "write" }\n[steps.files]\nkind = "files"\nsource = { connection = "old"${source} }\ntarget = { connection = "new" }\n${rules}\n`,
    });
    return this.run();
  }

  async expectValid(run: TestRun): Promise<void> {
    expect(balance(run.outcomes.get('files')!.counts)).toEqual([]);
    for (const scope of ['quick', 'full'] as const)
      expect((await run.validate(scope)).filter(({ kind }) => kind === 'finding')).toEqual([]);
  }

  async expectBack(run: TestRun, before: readonly string[]): Promise<void> {
    const { results } = await run.undo();
    expect(results.filter(({ kind }) => kind !== 'undone')).toEqual([]);
    expect(this.both()).toEqual(before);
  }
}

export function planOf(run: TestRun): FilesPlan {
  return run.planned.get('files')!.plan as FilesPlan;
}

export function codesOf(run: TestRun): string[] {
  return run.outcomes.get('files')!.quarantine.map(({ key, code }) => `${key} ${code}`);
}

export function categoriesOf(findings: readonly { readonly severity: string; readonly category: string }[]): string[] {
  return findings.map(({ severity, category }) => `${severity} ${category}`);
}
