import type { Row } from '#shared/model/value.ts';
import { type Chunk, type DbError, DbFailure, type RelationalTransaction } from '../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult, QuarantineEntry } from '../step-kind.ts';
import { applyFailure, withTransaction } from '../transaction.ts';
import { type Block, mapRange } from './block.ts';
import { type Clash, findClashes } from './clashes.ts';
import type { Output } from './compiled.ts';
import { reasonOf } from './reasons.ts';
import { clashEntry, mappingEntries, refusedEntry, unreadableEntries } from './set-aside.ts';
import { Tally } from './tally.ts';
import type { RecordsUnit } from './unit-context.ts';

/**
 * Writes one chunk in one transaction: claim, then batch by batch read, look up, map and load. When a key is taken the chunk is
 * begun again with each batch checked for taken keys first, so that thousands of them need no bisection; what else the target
 * refuses is told to the runner, which splits there.
 */
export async function applyChunk(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  const inserts = unit.plan.spec.target.mode === 'insert';
  if (inserts && unit.env.mode === 'replay') return attempt(unit, chunk, apply, true);
  const result = await attempt(unit, chunk, apply, false);
  const taken = result.kind === 'bad_data' && reasonOf(result.error).code === 'key_exists';
  return taken && inserts ? attempt(unit, chunk, apply, true) : result;
}

/** Commits a chunk of one record that the target refuses: nothing of it is written, the record is set aside. */
export async function rejectChunk(
  unit: RecordsUnit,
  chunk: Chunk,
  error: DbError,
  apply: ApplyEnv,
): Promise<ApplyResult> {
  const reason = reasonOf(error);
  return inChunk(unit, chunk, apply, async (_transaction, tally, setAside) => {
    for await (const block of mapRange(
      unit.source,
      unit.plan.source,
      chunk.bounds,
      unit.mapping,
      rangeEnv(unit, apply),
    )) {
      tally.addBlock(block);
      const own = new Set(
        block.mapped.rejects
          .filter((reject) => reject.item === null && reject.output === null)
          .map((reject) => reject.record),
      );
      setAside.push(
        ...mappingEntries(unit.mapping, block.rows, block.mapped),
        ...unreadableEntries(unit.mapping, block.unreadable),
      );
      const refused = block.rows.flatMap((row, record) => (own.has(record) ? [] : [{ row, record }]));
      for (const { row } of refused) setAside.push(refusedEntry(unit.mapping, row, error.column, reason));
      dropRecords(unit, block, new Set(refused.map(({ record }) => record)), tally);
    }
    return null;
  });
}

/** The same with each batch checked for taken keys before it is inserted. */
export function applyCarefully(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  return attempt(unit, chunk, apply, true);
}

async function attempt(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv, careful: boolean): Promise<ApplyResult> {
  let at: { readonly block: Block; readonly output: Output; readonly records: readonly number[] } | null = null;
  let records = 0;
  try {
    return await inChunk(unit, chunk, apply, async (transaction, tally, setAside) => {
      for await (const block of mapRange(
        unit.source,
        unit.plan.source,
        chunk.bounds,
        unit.mapping,
        rangeEnv(unit, apply),
      )) {
        tally.addBlock(block);
        setAside.push(
          ...mappingEntries(unit.mapping, block.rows, block.mapped),
          ...unreadableEntries(unit.mapping, block.unreadable),
        );
        const clean = careful ? await withoutClashes(unit, block, tally, setAside) : asMapped(unit, block);
        for (const { output, rows, records: owners } of clean) {
          if (rows.length === 0) continue;
          at = { block, output, records: owners };
          const keep = careful && output.keep === 'nothing' ? 'written' : output.keep;
          tally.loaded(output, await transaction.load(output.spec, [rows], keep, chunk, apply.fence));
          for (const row of rows) tally.addRow(output, row);
        }
        at = null;
        unit.samples?.look(block);
        records += block.rows.length;
        apply.onRecords(records);
        apply.signal.throwIfAborted();
      }
      return null;
    });
  } catch (error) {
    return applyFailure(error, apply.signal, hintOf(error, at));
  }
}

/** One chunk, one transaction: the claim is the first statement, what is set aside is in the journal before the commit. */
async function inChunk(
  unit: RecordsUnit,
  chunk: Chunk,
  apply: ApplyEnv,
  work: (transaction: RelationalTransaction, tally: Tally, setAside: QuarantineEntry[]) => Promise<null>,
): Promise<ApplyResult> {
  const tally = new Tally(unit.outputs);
  const setAside: QuarantineEntry[] = [];
  try {
    const run = async (transaction: RelationalTransaction): Promise<ApplyResult> => {
      const claim = await transaction.claim(chunk, apply.fence);
      if (claim !== 'claimed') return { kind: claim };
      await work(transaction, tally, setAside);
      if (setAside.length > 0) await apply.quarantine(setAside);
      const { counts, digest } = tally;
      await transaction.commit(counts, digest);
      return { kind: 'committed', counts, digest };
    };
    return await withTransaction(unit.target, run, unit.purpose);
  } catch (error) {
    if (error instanceof DbFailure && error.error.kind === 'data') throw error;
    return applyFailure(error, apply.signal);
  }
}

type LoadRows = { readonly output: Output; readonly rows: readonly Row[]; readonly records: readonly number[] };

function asMapped(unit: RecordsUnit, block: Block): LoadRows[] {
  return unit.outputs.map((output) => ({ output, ...block.mapped.outputs[output.index]! }));
}

/** Sets aside the records of a block whose keys are taken; in a replay, rows that are there already count as the same. */
async function withoutClashes(
  unit: RecordsUnit,
  block: Block,
  tally: Tally,
  setAside: QuarantineEntry[],
): Promise<LoadRows[]> {
  const replay = unit.env.mode === 'replay';
  const { clashes, same } = await findClashes(unit.target, unit.outputs, block.mapped, block.rows.length, replay);
  const taken = new Map<number, Clash>(clashes.map((clash) => [clash.record, clash]));
  for (const clash of clashes) setAside.push(clashEntry(unit.mapping, block.rows[clash.record]!, clash));
  dropRecords(unit, block, new Set(taken.keys()), tally);
  return unit.outputs.map((output) => {
    const { rows, records } = block.mapped.outputs[output.index]!;
    const known = same.get(output.table);
    const kept = rows.flatMap((_, index) => (taken.has(records[index]!) || known?.has(index) ? [] : [index]));
    const already = rows.filter((_, index) => known?.has(index) && !taken.has(records[index]!)).length;
    if (already > 0) tally.loaded(output, { inserted: 0, updated: 0, same: already });
    return { output, rows: kept.map((index) => rows[index]!), records: kept.map((index) => records[index]!) };
  });
}

function dropRecords(unit: RecordsUnit, block: Block, records: ReadonlySet<number>, tally: Tally): void {
  if (records.size === 0) return;
  const rows = new Map<string, number>();
  for (const output of unit.outputs) {
    const owners = block.mapped.outputs[output.index]!.records;
    rows.set(output.table, owners.filter((record) => records.has(record)).length);
  }
  tally.setAside(records.size, rows);
}

/** Position in the chunk of the record whose row was refused. */
function hintOf(
  error: unknown,
  at: { readonly block: Block; readonly records: readonly number[] } | null,
): number | null {
  if (!(error instanceof DbFailure) || error.row === null) return null;
  const record = at?.records[error.row];
  return record === undefined ? null : (at?.block.position(record) ?? null);
}

function rangeEnv(unit: RecordsUnit, apply: ApplyEnv) {
  return { session: unit.env.session, signal: apply.signal, policy: unit.env.policy, onlyKeys: unit.env.onlyKeys };
}
