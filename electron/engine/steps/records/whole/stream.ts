import type { Counts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import { type Chunk, DbFailure } from '../../../../drivers/relational.ts';
import { RowDigest } from '../../../values/digest.ts';
import { writeChunkDigest } from '../../chunk-digest.ts';
import type { ApplyEnv, ApplyResult, QuarantineEntry } from '../../step-kind.ts';
import { applyFailure, withTransaction } from '../../transaction.ts';
import { applyCarefully } from '../apply.ts';
import { positionOf, takeBatch } from '../block.ts';
import { reasonOf } from '../reasons.ts';
import { mappingEntries, unreadableEntries } from '../set-aside.ts';
import type { RecordsUnit } from '../unit-context.ts';

/**
 * Writes one range in one transaction: claim, then one load that the source streams into, batch by batch as it is read and
 * converted. Memory holds a batch, whatever the size of the range. Where a key is taken in a table that held rows before, the
 * range is begun again with each batch checked first.
 */
export async function streamRange(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  const output = unit.outputs[0]!;
  const inserts = output.spec.mode === 'insert';
  if (inserts && unit.env.mode === 'replay') return applyCarefully(unit, chunk, apply);
  const result = await attempt(unit, chunk, apply);
  const taken = result.kind === 'bad_data' && reasonOf(result.error).code === 'key_exists';
  return taken && inserts ? applyCarefully(unit, chunk, apply) : result;
}

async function attempt(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  const stream = new RangeStream(unit, chunk, apply);
  const output = unit.outputs[0]!;
  try {
    return await withTransaction(
      unit.target,
      async (transaction): Promise<ApplyResult> => {
        const claim = await transaction.claim(chunk, apply.fence);
        if (claim !== 'claimed') return { kind: claim };
        const loaded = await transaction.load(output.spec, stream.batches(), output.keep, chunk, apply.fence);
        if (stream.setAside.length > 0) await apply.quarantine(stream.setAside);
        const counts = stream.counts(loaded);
        const digest = writeChunkDigest(new Map([[output.table, stream.digest]]));
        apply.signal.throwIfAborted();
        await transaction.commit(counts, digest);
        return { kind: 'committed', counts, digest };
      },
      unit.purpose,
    );
  } catch (error) {
    const row = error instanceof DbFailure ? error.row : null;
    return applyFailure(error, apply.signal, row === null ? null : stream.recordOf(row));
  }
}

/** Where the rows of a batch stand in their range. */
type Mark = {
  /** Rows that were given to the load before it. */
  readonly emitted: number;
  /** Records of the range before it. */
  readonly read: number;
  readonly records: readonly number[];
  readonly unreadable: readonly { readonly at: number }[];
};

/** Reads and converts a range, and keeps both ledgers and the digest of what it hands on. */
class RangeStream {
  readonly digest = new RowDigest();
  readonly setAside: QuarantineEntry[] = [];
  readonly #unit: RecordsUnit;
  readonly #chunk: Chunk;
  readonly #apply: ApplyEnv;
  readonly #marks: Mark[] = [];
  #read = 0;
  #filtered = 0;
  #rejected = 0;
  #emitted = 0;

  constructor(unit: RecordsUnit, chunk: Chunk, apply: ApplyEnv) {
    this.#unit = unit;
    this.#chunk = chunk;
    this.#apply = apply;
  }

  async *batches(): AsyncGenerator<readonly Row[]> {
    const { source, plan, mapping, env, outputs, samples } = this.#unit;
    const { signal, onRecords } = this.#apply;
    const output = outputs[0]!;
    for await (const whole of source.read(plan.source, this.#chunk.bounds, signal)) {
      signal.throwIfAborted();
      const batch = takeBatch(whole, env.policy.limits.rowBytes, mapping);
      const mapped = mapping.map(batch.rows, []);
      const { rows, records } = mapped.outputs[0]!;
      if (mapped.rejects.length > 0) this.setAside.push(...mappingEntries(mapping, batch.rows, mapped));
      if (batch.rejects.length > 0) this.setAside.push(...unreadableEntries(mapping, batch.rejects));
      this.#marks.push({ emitted: this.#emitted, read: this.#read, records, unreadable: batch.rejects });
      this.#read += batch.rows.length + batch.rejects.length;
      this.#filtered += mapped.counts.filtered;
      this.#rejected += mapped.counts.rejected + batch.rejects.length;
      this.#emitted += rows.length;
      for (const row of rows) this.digest.add(output.stored(row));
      samples?.look({
        rows: batch.rows,
        bytes: batch.bytes,
        unreadable: batch.rejects,
        mapped,
        position: (record) => record,
      });
      if (rows.length > 0) yield rows;
      onRecords(this.#read);
    }
  }

  counts({ inserted, updated, same }: { inserted: number; updated: number; same: number }): Counts {
    const set = { emitted: this.#emitted, inserted, updated, same, rejected: 0 };
    return {
      read: this.#read,
      filtered: this.#filtered,
      rejected: this.#rejected,
      accepted: this.#read - this.#filtered - this.#rejected,
      outputs: { [this.#unit.outputs[0]!.table]: set },
    };
  }

  /** Position in the range of the record whose row was refused. */
  recordOf(row: number): number | null {
    const mark = this.#marks.findLast((one) => one.emitted <= row && one.records.length > 0);
    const record = mark?.records[row - mark.emitted];
    return mark === undefined || record === undefined ? null : mark.read + positionOf(record, mark.unreadable);
  }
}
