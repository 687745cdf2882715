import type { Row, Value } from '#shared/model/value.ts';
import type { RecordsOutput } from '../steps/records/spec-types.ts';
import type { Block } from './block.ts';
import { type ColumnBuilder, compileValue, intoColumn } from './compile-column.ts';
import type { CompiledLookup } from './compile-lookup.ts';
import type { OutputContext } from './compile-output.ts';
import type { Rejection } from './compile-reject.ts';
import { kindWords } from './fit.ts';
import { type Evaluate, type Failed, type Fault, type Frame, fail, failed } from './frame.ts';
import { lookupKey } from './key-text.ts';

/** What the rows of an output are built from, whatever its fan-out. */
export type RowParts = {
  readonly columns: readonly ColumnBuilder[];
  readonly rejects: Rejection | null;
  readonly lookups: readonly CompiledLookup[];
  readonly position: number;
};

/** Turns a record into rows of one output. */
export type Emitter = {
  /** Emits what the record in the frame gives; a fault sets the whole record aside. */
  readonly emit: (frame: Frame, record: number, block: Block) => Fault | null;
  /** Notes the keys of the lookups that the rows of this record need. */
  readonly wantKeys: (frame: Frame, record: number) => void;
  /** Forgets what was kept of the block before. */
  readonly forget: () => void;
};

const nothing = (): void => undefined;

export function oneRow(parts: RowParts): Emitter {
  const { lookups, position } = parts;
  const build = rowOrFault(parts);
  return {
    emit(frame, record, block) {
      const row = build(frame);
      if (isRow(row)) block.outputs[position]?.add(record, row);
      else if (row === frame.fault) return row;
      else block.rejectRow(record, position, null, row);
      return null;
    },
    wantKeys(frame) {
      for (const lookup of lookups) lookup.want(frame);
    },
    forget: nothing,
  };
}

export function eachItem(
  fan: Extract<RecordsOutput['fan'], { kind: 'each' }>,
  parts: RowParts,
  context: OutputContext,
): Emitter {
  const { lookups, position } = parts;
  const build = rowOrFault(parts);
  const listOf = listEvaluator(fan.key, compileValue(fan.of, context.listNames, context.problems).evaluate);
  const ownItem = fan.bad === 'quarantine_item';
  const filterRepeated = fan.repeated === 'filter';
  // A list is parsed for the keys of lookups and again for its rows: it is kept between the two.
  let kept = new Map<number, readonly unknown[] | Failed>();

  return {
    emit(frame, record, block) {
      const items = kept.get(record) ?? listOf(frame);
      if (items === failed) {
        // A list that was kept as failed has left its fault with another record.
        if (kept.has(record)) listOf(frame);
        if (!ownItem) return frame.fault;
        block.rejectRow(record, position, null, frame.fault);
        return null;
      }
      const output = block.outputs[position];
      const seen = filterRepeated && items.length > 1 ? new Set<string>() : null;
      for (let index = 0; index < items.length; index += 1) {
        frame.item = items[index] ?? null;
        frame.index = index;
        const row = build(frame);
        if (!isRow(row)) {
          if (!ownItem && row === frame.fault) return row;
          block.rejectRow(record, position, index, row);
        } else if (seen && !isNew(seen, row)) {
          output?.repeat(record);
        } else {
          output?.add(record, row);
        }
      }
      return null;
    },
    wantKeys(frame, record) {
      if (lookups.length === 0) return;
      const items = listOf(frame);
      kept.set(record, items);
      if (items === failed) return;
      for (let index = 0; index < items.length; index += 1) {
        frame.item = items[index] ?? null;
        frame.index = index;
        for (const lookup of lookups) lookup.want(frame);
      }
    },
    forget() {
      kept = new Map();
    },
  };
}

/** The items; none for null. What is no list is a fault. */
function listEvaluator(rule: string, evaluate: Evaluate): (frame: Frame) => readonly unknown[] | Failed {
  return (frame) => {
    const list = evaluate(frame);
    if (list === failed) return failed;
    if (list === null || list === undefined) return [];
    if (Array.isArray(list)) return list;
    return fail(frame, {
      code: 'not_a_list',
      message: `A list is expected and there is ${kindWords(list)}`,
      column: null,
      rule,
    });
  };
}

export function unpivotRows(
  fan: Extract<RecordsOutput['fan'], { kind: 'unpivot' }>,
  parts: RowParts,
  context: OutputContext,
): Emitter {
  const { lookups, position } = parts;
  const { target, holds, names, problems } = context;
  const build = rowOrFault(parts);
  const { name, value } = fan.into;
  const entries = fan.rows.map((entry) => {
    const rule = `${fan.key}.rows.${entry.name}`;
    const evaluate = compileValue(entry.value, names, problems).evaluate;
    const nameBuilder = intoColumn(() => entry.name, name, rule, target?.get(name) ?? null, holds);
    return { evaluate, name: nameBuilder, value: intoColumn(evaluate, value, rule, target?.get(value) ?? null, holds) };
  });
  const ownItem = fan.bad === 'quarantine_item';

  return {
    emit(frame, record, block) {
      const common = build(frame);
      const baseFault = isRow(common) ? null : common;
      if (baseFault && !ownItem && baseFault === frame.fault) return baseFault;
      const output = block.outputs[position];
      for (let index = 0; index < entries.length; index += 1) {
        const entry = entries[index]!;
        const raw = entry.evaluate(frame);
        if (raw === null || raw === undefined) continue;
        const row = baseFault ?? extended(common as Row, entry, frame);
        if (isRow(row)) {
          output?.add(record, row);
        } else {
          if (!ownItem && row === frame.fault) return row;
          block.rejectRow(record, position, index, row);
        }
      }
      return null;
    },
    wantKeys(frame) {
      for (const lookup of lookups) lookup.want(frame);
    },
    forget: nothing,
  };
}

function extended(
  base: Row,
  entry: { readonly name: ColumnBuilder['build']; readonly value: ColumnBuilder['build'] },
  frame: Frame,
): Row | Fault {
  const name = entry.name(frame);
  if (name === failed) return frame.fault;
  const value = entry.value(frame);
  if (value === failed) return frame.fault;
  return [...base, name, value];
}

/** The row for the frame; the frame's own fault when it fails, a rule's when a rule sets it aside. */
function rowOrFault({ columns, rejects, lookups }: RowParts): (frame: Frame) => Row | Fault {
  const build = rowBuilder(columns);
  return (frame) => {
    if (!findAll(lookups, frame)) return frame.fault;
    const rejected = rejects?.(frame);
    if (rejected) return rejected;
    const row = build(frame);
    return row === failed ? frame.fault : row;
  };
}

function rowBuilder(columns: readonly ColumnBuilder[]): (frame: Frame) => Row | Failed {
  const builders = columns.map(({ build }) => build);
  const width = builders.length;
  return (frame) => {
    const row = new Array<Value>(width);
    for (let index = 0; index < width; index += 1) {
      const value = builders[index]!(frame);
      if (value === failed) return failed;
      row[index] = value;
    }
    return row;
  };
}

function findAll(lookups: readonly CompiledLookup[], frame: Frame): boolean {
  for (const lookup of lookups) {
    if (!lookup.find(frame)) return false;
  }
  return true;
}

function isRow(row: Row | Fault): row is Row {
  return Array.isArray(row);
}

function isNew(seen: Set<string>, row: Row): boolean {
  const text = lookupKey(row.map((value) => (value === null ? 'n' : typeof value === 'string' ? `t${value}` : value)));
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}
