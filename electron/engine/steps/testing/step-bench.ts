import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Environment } from '../../../platform/environment.ts';
import { forkHelperHost } from '../../../platform/helper/fork-helper-host.ts';
import { silentLog } from '../../../platform/log.ts';
import { createNodeEnvironment } from '../../../platform/node-environment.ts';
import { type LoadedProfile, loadProfile } from '../../profile/load-profile.ts';
import { stepKinds } from '../registry.ts';
import { TestRun } from './test-run.ts';

/** A folder with a bundle and its files, and a small runner over the real pieces; for tests. */
export class StepBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'overland-steps-'));
  readonly environment: Environment = {
    ...createNodeEnvironment({
      home: join(this.folder, 'home'),
      resources: fileURLToPath(new URL('../../../../resources', import.meta.url)),
      helpers: forkHelperHost(fileURLToPath(new URL('../../../drivers/helper-main.ts', import.meta.url))),
      logName: null,
    }),
    log: silentLog,
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  sql(file: string, sql: string): void {
    const db = new Database(this.path(file));
    db.exec(sql);
    db.close();
  }

  rows(file: string, sql: string): unknown[][] {
    const db = new Database(this.path(file), { readonly: true });
    try {
      return db.prepare(sql).raw(true).all() as unknown[][];
    } finally {
      db.close();
    }
  }

  async load(folder = this.folder): Promise<LoadedProfile> {
    const loaded = await loadProfile(resolve(folder), { kinds: stepKinds });
    if ('problems' in loaded) {
      throw new Error(loaded.problems.map((one) => `${one.file}:${one.line} ${one.key}: ${one.message}`).join('\n'));
    }
    return loaded;
  }

  async run(options: { readonly folder?: string; readonly runId?: string } = {}): Promise<TestRun> {
    return new TestRun(this, await this.load(options.folder), options.runId ?? 'run1');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
