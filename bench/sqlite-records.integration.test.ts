import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { benchRecords, type RecordsReport } from './sqlite-records.ts';

/** A small bench: plain SQL that was written apart from the bundle is the second opinion on what the engine makes of it. */
let folder: string;
let report: RecordsReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-bench-test-'));
  report = await benchRecords(folder, 8_000, 1, () => undefined);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the engine and plain SQL write the same rows', () => {
  expect(report.same.map(({ table, equal }) => [table, equal])).toEqual([
    ['generic_tasks', true],
    ['task_attributes', true],
    ['task_dependencies', true],
    ['task_artifacts', true],
    ['legacy_task_mapping', true],
  ]);
  expect(report.engine[0]?.rows).toBe(report.least[0]?.rows);
});

test('a clean file is migrated whole, and says so', () => {
  expect(report.engine[0]).toMatchObject({ outcome: 'completed', setAside: 0 });
});

test('what is measured adds up', () => {
  expect(Object.values(report.shares ?? {}).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(report.ratio).toBeCloseTo(report.leastMs / report.executeMs, 6);
  expect(report.memory).toHaveLength(2);
});
