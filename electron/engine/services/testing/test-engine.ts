import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock, Environment } from '../../../platform/environment.ts';
import { noFailpoints } from '../../../platform/failpoints.ts';
import { forkHelperHost } from '../../../platform/helper/fork-helper-host.ts';
import { silentLog } from '../../../platform/log.ts';
import { nodeFileSystem } from '../../../platform/node-file-system.ts';
import { nodeRandom } from '../../../platform/node-random.ts';
import { makePaths } from '../../../platform/paths.ts';
import { createSecrets } from '../../../platform/secrets/secrets.ts';
import { Journal } from '../../run/journal/journal.ts';

export type TestEngine = {
  readonly folder: string;
  readonly environment: Environment;
  readonly journal: Journal;
  readonly version: string;
  /** Moves the clock. */
  setNow(instant: string): void;
  close(): void;
};

/** Real files, journal, secrets and helpers in a temporary folder; only the clock and the identity are ours. */
export function testEngine(variables: Readonly<Record<string, string>> = {}): TestEngine {
  const folder = mkdtempSync(join(tmpdir(), 'overland-services-'));
  const paths = makePaths(join(folder, 'home'), resolve(import.meta.dirname, '../../../../resources'));
  let now = new Date('2026-11-20T01:16:00.000Z');
  const journal = Journal.open(paths.journal, noFailpoints);
  const fs = nodeFileSystem(noFailpoints);
  const clock: Clock = { now: () => now, monotonic: () => performance.now(), sleep: async () => undefined };
  const environment: Environment = {
    fs,
    clock,
    random: nodeRandom,
    paths,
    failpoints: noFailpoints,
    // Started only where a test needs one; such a test is an integration test.
    helpers: forkHelperHost(resolve(import.meta.dirname, '../../../drivers/helper-main.ts')),
    secrets: createSecrets({ variables, fs, clock, keyStore: null, onValue: () => undefined }),
    log: silentLog,
    identity: { person: 'j.lindqvist', machine: 'ops-jump-3', pid: process.pid, startedAt: '2026-11-20T01:00:00.000Z' },
  };
  return {
    folder,
    environment,
    journal,
    version: '0.1.0',
    setNow: (instant) => {
      now = new Date(instant);
    },
    close: () => {
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
