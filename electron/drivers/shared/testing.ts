import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import type { Chunk, Fence, OutputSpec, RelationalSession } from '../relational.ts';

/** What the tests of all drivers do with a session. */
export const fence: Fence = { runId: 'run1', epoch: 1n };
export const holderOf = (runId = 'run1') => ({
  runId,
  person: 'anna',
  machine: 'here',
  pid: 1,
  bundle: 'b',
  phase: 'execute',
  since: '2025-01-01T00:00:00Z',
  lastSign: '2025-01-01T00:00:00Z',
  alive: 'unknown' as const,
});
export const chunkOf = (path = '0'): Chunk => ({
  unit: 'unit',
  path,
  bounds: { from: null, to: null, inclusive: 'to', records: 1 },
  attempt: 1,
});

export function outputOf(table: string, columns: readonly string[], given: Partial<OutputSpec> = {}): OutputSpec {
  return { table, columns, key: [columns[0] as string], mode: 'insert', surrogate: [], ...given };
}

/** The same session, entered, with chunks "0" to "3" waiting. */
export async function withChunks(session: RelationalSession): Promise<RelationalSession> {
  await session.control.enter(fence, 'hash', holderOf());
  await session.control.addChunks(
    fence,
    'unit',
    ['0', '1', '2', '3'].map((path) => ({ path, bounds: chunkOf(path).bounds })),
  );
  return session;
}

/** Claims a chunk, loads rows and commits. */
export async function loadChunk(
  session: RelationalSession,
  output: OutputSpec,
  rows: readonly Row[],
  keep: 'nothing' | 'written' | 'preimages' = 'nothing',
  path = '0',
) {
  const transaction = await session.begin();
  try {
    const claim = await transaction.claim(chunkOf(path), fence);
    if (claim !== 'claimed') return claim;
    const result = await transaction.load(output, [rows], keep, chunkOf(path), fence);
    await transaction.commit(noCounts, 'digest');
    return result;
  } finally {
    await transaction[Symbol.asyncDispose]();
  }
}

export async function allRows(session: RelationalSession, table: string, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of session.scan(table, columns)) rows.push(...batch.rows);
  return rows;
}
