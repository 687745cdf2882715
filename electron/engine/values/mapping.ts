import type { CanonicalType, Row } from '#shared/model/value.ts';
import type { LookupSpec, RecordsOutput, RecordsSpec } from '../steps/records/spec-types.ts';
import { Block } from './block.ts';
import { CompiledLookup } from './compile-lookup.ts';
import { type CompiledOutput, compileOutput } from './compile-output.ts';
import { type Condition, compileCondition, compileRejects, type Rejection } from './compile-reject.ts';
import { sqliteHolds } from './fit.ts';
import { type Fault, type Frame, failed, newFrame } from './frame.ts';
import { recordKey } from './key-text.ts';
import { checkTarget } from './mapping-check.ts';
import type { CompiledMapping, CompileResult, MappedBlock, MappingContext } from './mapping-types.ts';
import type { Names } from './names.ts';
import { ProblemSink } from './problem-sink.ts';

/** Compiles the mapping of a `records` step against its source and target; all that does not fit is told together. */
export function compileMapping(spec: RecordsSpec, context: MappingContext): CompileResult {
  const columns = columnsRead(spec, context);
  const problems = new ProblemSink(knownColumns(spec, context, columns));
  for (const column of spec.source.key) problems.use(column, `${spec.key}.source.key`);
  for (const column of spec.source.columns ?? []) {
    if (!columns.includes(column) && !spec.source.optional.includes(column))
      problems.use(column, `${spec.key}.source.columns`);
  }
  const parts = new MappingParts(spec, context, columns, problems);
  if (problems.found.length > 0) return { problems: problems.found };
  return {
    mapping: new Mapping(
      spec,
      columns,
      columns.filter((column) => problems.used.has(column)),
      parts,
    ),
  };
}

/** What arrives: the columns that the profile names and the source has, in the order of the source. */
function columnsRead({ source }: RecordsSpec, { sourceColumns }: MappingContext): readonly string[] {
  const there = sourceColumns.map(({ name }) => name);
  const { columns } = source;
  return columns ? there.filter((name) => columns.includes(name) || source.optional.includes(name)) : there;
}

function knownColumns(
  { source }: RecordsSpec,
  { sourceColumns }: MappingContext,
  columns: readonly string[],
): ReadonlyMap<string, CanonicalType | null> {
  const known = new Map<string, CanonicalType | null>(source.optional.map((name) => [name, null]));
  for (const { name, type } of sourceColumns) if (columns.includes(name)) known.set(name, type);
  return known;
}

/** The compiled rules of a step, lookups numbered through. */
class MappingParts {
  readonly where: Condition | null;
  readonly recordLookups: readonly CompiledLookup[];
  readonly rejects: Rejection | null;
  readonly outputs: readonly CompiledOutput[];
  readonly lookups: readonly CompiledLookup[];

  constructor(spec: RecordsSpec, context: MappingContext, columns: readonly string[], problems: ProblemSink) {
    const base = baseNames(spec, context, columns);
    this.where = spec.where ? compileCondition(spec.where, base, problems) : null;
    const all: CompiledLookup[] = [];
    const compile = (lookups: readonly LookupSpec[], scope: string, names: Names): readonly CompiledLookup[] =>
      lookups.map((lookup) => {
        const compiled = new CompiledLookup(lookup, scope, all.length, names, problems);
        all.push(compiled);
        return compiled;
      });
    this.recordLookups = compile(spec.lookups, 'record', base);
    const recordNames = withLookups(base, spec.lookups, 0);
    this.rejects = compileRejects(spec.reject, recordNames, problems);
    this.outputs = spec.outputs.map((output, position) => {
      const item = withItem(base, output);
      const first = all.length;
      const lookups = compile(output.lookups, output.table, item);
      const target = targetOf(output, context);
      const compiled = compileOutput(output, {
        position,
        lookups,
        target,
        sourceColumns: columns,
        holds: context.holds ?? sqliteHolds,
        maps: context.maps,
        names: withItem(withLookups(recordNames, output.lookups, first), output),
        listNames: recordNames,
        problems,
      });
      checkTarget(output, compiled.facts.columns, target, problems);
      return compiled;
    });
    this.lookups = all;
  }
}

function targetOf(output: RecordsOutput, context: MappingContext) {
  const columns = context.targetColumns(output.table);
  return columns && new Map(columns.map((column) => [column.name, column]));
}

function baseNames(spec: RecordsSpec, context: MappingContext, columns: readonly string[]): Names {
  const positions = new Map<string, number | null>(spec.source.optional.map((name) => [name, null]));
  columns.forEach((name, index) => {
    positions.set(name, index);
  });
  return {
    scope: { lookups: {}, item: null, index: false, constants: Object.keys(context.constants) },
    columns: positions,
    lookups: new Map(),
    constants: context.constants,
    run: { id: context.run.id, started_at: context.run.startedAt },
  };
}

function withLookups(names: Names, lookups: readonly LookupSpec[], first: number): Names {
  const places = new Map(names.lookups);
  const fields: Record<string, readonly string[]> = { ...names.scope.lookups };
  lookups.forEach(({ name, on, take }, index) => {
    places.set(name, { index: first + index, fields: new Map(take.map((field, at) => [field, on.length + at])) });
    fields[name] = take;
  });
  return { ...names, lookups: places, scope: { ...names.scope, lookups: fields } };
}

function withItem(names: Names, { fan }: RecordsOutput): Names {
  return fan.kind === 'each' ? { ...names, scope: { ...names.scope, item: fan.item, index: true } } : names;
}

class Mapping implements CompiledMapping {
  readonly columns: readonly string[];
  readonly uses: readonly string[];
  readonly keyIndexes: readonly number[];
  readonly lookups: CompiledMapping['lookups'];
  readonly outputs: CompiledMapping['outputs'];
  readonly #parts: MappingParts;
  readonly #frame: Frame;
  readonly #tables: readonly string[];
  #keysOf: readonly Row[] | null = null;

  constructor(spec: RecordsSpec, columns: readonly string[], uses: readonly string[], parts: MappingParts) {
    this.columns = columns;
    this.uses = uses;
    this.keyIndexes = spec.source.key.map((name) => columns.indexOf(name));
    this.lookups = parts.lookups.map(({ facts }) => facts);
    this.outputs = parts.outputs.map(({ facts }) => facts);
    this.#parts = parts;
    this.#frame = newFrame(parts.lookups.length);
    this.#tables = spec.outputs.map(({ table }) => table);
  }

  keys(rows: readonly Row[]): readonly (readonly Row[])[] {
    const { recordLookups, outputs, lookups } = this.#parts;
    this.#forget();
    if (lookups.length === 0) return [];
    this.#keysOf = rows;
    const frame = this.#frame;
    rows.forEach((row, record) => {
      frame.row = row;
      for (const lookup of recordLookups) lookup.want(frame);
      for (const output of outputs) output.wantKeys(frame, record);
    });
    return lookups.map((lookup) => lookup.takeWanted());
  }

  map(rows: readonly Row[], fetched: readonly (readonly Row[])[]): MappedBlock {
    const { lookups } = this.#parts;
    if (fetched.length !== lookups.length) {
      throw new Error(`${lookups.length} lookups and ${fetched.length} lists of rows found`);
    }
    if (this.#keysOf !== rows) this.#forget();
    lookups.forEach((lookup, index) => {
      lookup.load(fetched[index] ?? []);
    });
    const block = new Block(this.#tables, (record) => this.keyText(rows[record] ?? []));
    for (let record = 0; record < rows.length; record += 1) {
      this.#frame.row = rows[record]!;
      const fault = this.#mapRecord(record, block);
      if (fault) block.rejectRecord(record, fault);
    }
    this.#forget();
    return block.result(rows.length);
  }

  keyText(row: Row): string {
    return recordKey(this.keyIndexes.map((index) => row[index] ?? null));
  }

  #mapRecord(record: number, block: Block): Fault | null {
    const { where, recordLookups, rejects, outputs } = this.#parts;
    const frame = this.#frame;
    if (where) {
      const wanted = where(frame);
      if (wanted === failed) return frame.fault;
      if (!wanted) {
        block.filter();
        return null;
      }
    }
    for (const lookup of recordLookups) {
      if (!lookup.find(frame)) return frame.fault;
    }
    const rejected = rejects?.(frame);
    if (rejected) return rejected;
    for (const output of outputs) {
      const fault = output.emit(frame, record, block);
      if (fault) return fault;
    }
    return null;
  }

  #forget(): void {
    this.#keysOf = null;
    for (const output of this.#parts.outputs) output.forget();
  }
}
