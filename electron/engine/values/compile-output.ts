import type { Row, Value } from '#shared/model/value.ts';
import type { RecordsOutput } from '../steps/records/spec-types.ts';
import type { Block } from './block.ts';
import { type ColumnBuilder, compileColumn, compileValue, intoColumn } from './compile-column.ts';
import type { CompiledLookup } from './compile-lookup.ts';
import { compileRejects, type Rejection } from './compile-reject.ts';
import { kindWords } from './fit.ts';
import { type Evaluate, type Failed, type Fault, type Frame, fail, failed } from './frame.ts';
import { lookupKey } from './key-text.ts';
import type { Holds, MappingColumn, MappingOutput } from './mapping-types.ts';
import type { Names } from './names.ts';
import type { ProblemSink } from './problem-sink.ts';

/** Builds the rows of one output table. */
export type CompiledOutput = {
  readonly facts: MappingOutput;
  /** Emits what the record in the frame gives; a fault sets the whole record aside. */
  readonly emit: (frame: Frame, record: number, block: Block) => Fault | null;
  /** Turns to each item that lookups need, for their keys; null where lookups need none. */
  readonly wantKeys: (frame: Frame, record: number) => void;
  /** Forgets what was kept of the block before. */
  readonly forget: () => void;
};

export type OutputContext = {
  readonly position: number;
  readonly lookups: readonly CompiledLookup[];
  readonly target: ReadonlyMap<string, MappingColumn> | null;
  readonly sourceColumns: readonly string[];
  readonly holds: Holds;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names for the columns: lookups of this output and its item included. */
  readonly names: Names;
  /** Names for the list of a fan-out, which is had before its lookups. */
  readonly listNames: Names;
  readonly problems: ProblemSink;
};

export function compileOutput(spec: RecordsOutput, context: OutputContext): CompiledOutput {
  const columns = [...copies(spec, context), ...sets(spec, context)];
  const rejects = compileRejects(spec.reject, context.names, context.problems);
  const shared = { columns, rejects, lookups: context.lookups, position: context.position };
  switch (spec.fan.kind) {
    case 'one':
      return { facts: factsOf(spec, columns), ...one(shared) };
    case 'each':
      return { facts: factsOf(spec, columns), ...each(spec.fan, shared, context) };
    case 'unpivot': {
      const { name, value } = spec.fan.into;
      const extra = [name, value].map((column) => ({ column, from: null }));
      return { facts: factsOf(spec, [...columns, ...extra]), ...unpivot(spec.fan, shared, context) };
    }
  }
}

function factsOf(spec: RecordsOutput, columns: readonly Pick<ColumnBuilder, 'column' | 'from'>[]): MappingOutput {
  return {
    table: spec.table,
    columns: columns.map(({ column }) => column),
    key: spec.keyColumns,
    surrogate: spec.surrogate,
    from: columns.map(({ from }) => from),
  };
}

function copies(spec: RecordsOutput, context: OutputContext): ColumnBuilder[] {
  const { names, target, problems, holds } = context;
  const key = `${spec.key}.copy`;
  return copied(spec, context).flatMap((column) => {
    problems.use(column, key);
    const index = names.columns.get(column);
    const to = target?.get(column) ?? null;
    // An older source has no such column: the target's default is better than a null that it refuses.
    if (index === null && to && !to.nullable) return [];
    const evaluate: Evaluate = typeof index === 'number' ? (frame) => frame.row[index] : () => null;
    return [
      { column, build: intoColumn(evaluate, column, key, to, holds), from: typeof index === 'number' ? column : null },
    ];
  });
}

function copied(spec: RecordsOutput, { sourceColumns, target }: OutputContext): string[] {
  if (!spec.copy.includes('*')) return [...spec.copy];
  const taken = new Set([...spec.drop, ...spec.surrogate, ...spec.set.map(({ column }) => column)]);
  if (spec.fan.kind === 'unpivot') taken.add(spec.fan.into.name).add(spec.fan.into.value);
  const both = sourceColumns.filter((column) => !taken.has(column) && (target?.has(column) ?? true));
  return [...new Set([...both, ...spec.copy.filter((column) => column !== '*')])];
}

function sets(spec: RecordsOutput, { target, holds, maps, names, problems }: OutputContext): ColumnBuilder[] {
  return spec.set.map((column) =>
    compileColumn(column, target?.get(column.column) ?? null, holds, maps, names, problems),
  );
}

type Shared = {
  readonly columns: readonly ColumnBuilder[];
  readonly rejects: Rejection | null;
  readonly lookups: readonly CompiledLookup[];
  readonly position: number;
};
type Emitter = Pick<CompiledOutput, 'emit' | 'wantKeys' | 'forget'>;

const nothing = (): void => undefined;

function one({ columns, rejects, lookups, position }: Shared): Emitter {
  const build = rowBuilder(columns);
  return {
    emit(frame, record, block) {
      if (!findAll(lookups, frame)) return frame.fault;
      const rejected = rejects?.(frame);
      if (rejected) {
        if (rejected === frame.fault) return rejected;
        block.rejectRow(record, position, null, rejected);
        return null;
      }
      const row = build(frame);
      if (row === failed) return frame.fault;
      block.outputs[position]?.add(record, row);
      return null;
    },
    wantKeys(frame) {
      for (const lookup of lookups) lookup.want(frame);
    },
    forget: nothing,
  };
}

function each(fan: Extract<RecordsOutput['fan'], { kind: 'each' }>, shared: Shared, context: OutputContext): Emitter {
  const { columns, rejects, lookups, position } = shared;
  const build = rowBuilder(columns);
  const listOf = listEvaluator(fan.key, compileValue(fan.of, context.listNames, context.problems).evaluate);
  const ownItem = fan.bad === 'quarantine_item';
  const filterRepeated = fan.repeated === 'filter';
  // A list is parsed for the keys of lookups and again for its rows: it is kept between the two.
  let kept = new Map<number, readonly unknown[] | Failed>();

  const emitItem = (frame: Frame): Row | Fault => {
    if (!findAll(lookups, frame)) return frame.fault;
    const rejected = rejects?.(frame);
    if (rejected) return rejected;
    const row = build(frame);
    return row === failed ? frame.fault : row;
  };

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
        const row = emitItem(frame);
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

function unpivot(
  fan: Extract<RecordsOutput['fan'], { kind: 'unpivot' }>,
  shared: Shared,
  context: OutputContext,
): Emitter {
  const { columns, rejects, lookups, position } = shared;
  const { target, holds, names, problems } = context;
  const build = rowBuilder(columns);
  const { name, value } = fan.into;
  const entries = fan.rows.map((entry) => {
    const rule = `${fan.key}.rows.${entry.name}`;
    const evaluate = compileValue(entry.value, names, problems).evaluate;
    const nameBuilder = intoColumn(() => entry.name, name, rule, target?.get(name) ?? null, holds);
    return { evaluate, name: nameBuilder, value: intoColumn(evaluate, value, rule, target?.get(value) ?? null, holds) };
  });
  const ownItem = fan.bad === 'quarantine_item';

  const base = (frame: Frame): Row | Fault => {
    if (!findAll(lookups, frame)) return frame.fault;
    const rejected = rejects?.(frame);
    if (rejected) return rejected;
    const row = build(frame);
    return row === failed ? frame.fault : row;
  };

  return {
    emit(frame, record, block) {
      const common = base(frame);
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
