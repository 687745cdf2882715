import type { Row } from '#shared/model/value.ts';
import type { ReadReject } from '../../../drivers/relational.ts';
import { encodeRecord } from '../../values/encode.ts';
import type { CompiledMapping, MappedBlock } from '../../values/mapping-types.ts';
import type { QuarantineEntry } from '../step-kind.ts';
import type { Clash } from './clashes.ts';
import type { Reason } from './reasons.ts';

/** What the mapping sets aside, each with the whole source record. */
export function mappingEntries(mapping: CompiledMapping, rows: readonly Row[], block: MappedBlock): QuarantineEntry[] {
  return block.rejects.map(({ record, ...reject }) => ({
    ...reject,
    record: encodeRecord(mapping.columns, rows[record] ?? []),
  }));
}

/** Records with a value that cannot be taken; the entry keeps its bytes. */
export function unreadableEntries(mapping: CompiledMapping, rejects: readonly ReadReject[]): QuarantineEntry[] {
  return rejects.map(({ row, at: _, ...reject }) => ({
    ...reject,
    rule: null,
    record: encodeRecord(mapping.columns, row),
  }));
}

export function clashEntry(mapping: CompiledMapping, row: Row, clash: Clash): QuarantineEntry {
  return refusedEntry(mapping, row, clash.columns.length === 1 ? clash.columns[0]! : null, {
    code: 'key_exists',
    message: `${clash.table} already holds a row with ${clash.columns.join(', ')} = ${clash.key}.`,
  });
}

/** A record that the target refuses. It is set aside whole, whichever table refused it; the message names that table. */
export function refusedEntry(
  mapping: CompiledMapping,
  row: Row,
  column: string | null,
  reason: Reason,
): QuarantineEntry {
  return {
    key: mapping.keyText(row),
    item: null,
    output: null,
    code: reason.code,
    message: reason.message,
    column,
    rule: null,
    record: encodeRecord(mapping.columns, row),
  };
}
