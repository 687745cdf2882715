import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import { RowFault } from '../../../copy/fault.ts';
import type { PlannedColumn, RowConvert } from '../../../copy/types.ts';
import { recordKey } from '../../../values/key-text.ts';
import type { CompiledMapping, MappedBlock, MappingReject } from '../../../values/mapping-types.ts';

/** The rules of a table that touch records before their values are converted: `where` and `set`. */
export type TableRules = {
  readonly mapping: CompiledMapping;
  /** Position in what it emits of each column of the table. */
  readonly order: readonly number[];
};

/**
 * One table to one table: rows pass as they are where no value changes, so that a copy costs nothing per value. Keys of records
 * begin with the table, since the records of a step come from many.
 */
export class TableMapping implements CompiledMapping {
  readonly columns: readonly string[];
  readonly uses: readonly string[];
  readonly keyIndexes: readonly number[];
  readonly lookups = [];
  readonly outputs: CompiledMapping['outputs'];
  readonly #table: string;
  readonly #target: string;
  readonly #planned: readonly PlannedColumn[];
  readonly #convert: RowConvert | null;
  readonly #rules: TableRules | null;
  /** Key of the profile where what cannot be converted is settled. */
  readonly #typesKey: string;

  constructor(options: {
    readonly table: string;
    readonly target: string;
    readonly columns: readonly PlannedColumn[];
    readonly sourceKey: readonly string[];
    readonly targetKey: readonly string[];
    readonly convert: RowConvert | null;
    readonly rules: TableRules | null;
    readonly typesKey: string;
  }) {
    const { table, target, columns, sourceKey, targetKey, convert, rules, typesKey } = options;
    this.columns = columns.map((column) => column.source);
    this.uses = this.columns;
    const key = sourceKey.length > 0 ? sourceKey : this.columns;
    this.keyIndexes = key.map((name) => this.columns.indexOf(name));
    this.outputs = [
      {
        table: target,
        columns: columns.map((column) => column.target),
        key: targetKey,
        surrogate: [],
        from: this.columns,
      },
    ];
    this.#table = table;
    this.#target = target;
    this.#planned = columns;
    this.#convert = convert;
    this.#rules = rules;
    this.#typesKey = typesKey;
  }

  keys(): readonly (readonly Row[])[] {
    return [];
  }

  keyText(row: Row): string {
    return this.named(recordKey(this.keyIndexes.map((index) => row[index] ?? null)));
  }

  /** A key as the source's driver names it, with the table before it. */
  named(key: string): string {
    return `${this.#table} / ${key.length > longestKey ? `${key.slice(0, longestKey)}...` : key}`;
  }

  map(rows: readonly Row[]): MappedBlock {
    const { mapping, order } = this.#rules ?? { mapping: null, order: [] };
    if (!mapping) return this.#converted(rows, rows, allOf(rows.length), noRejects, 0);
    const mapped = mapping.map(rows, []);
    const [output] = mapped.outputs;
    const own = mapped.rejects.map((reject) => ({ ...reject, key: this.keyText(rows[reject.record] ?? []) }));
    const ordered = output!.rows.map((row) => order.map((at) => row[at] ?? null));
    return this.#converted(rows, ordered, output!.records, own, mapped.counts.filtered);
  }

  #converted(
    sources: readonly Row[],
    rows: readonly Row[],
    records: readonly number[],
    before: readonly MappingReject[],
    filtered: number,
  ): MappedBlock {
    const convert = this.#convert;
    let good = rows;
    let owners = records;
    let rejects = before;
    if (convert) {
      const kept: Row[] = [];
      let left: number[] | null = null;
      for (let at = 0; at < rows.length; at += 1) {
        const made = convert(rows[at] as Row);
        if (made instanceof RowFault) {
          left ??= records.slice(0, at) as number[];
          rejects = [...rejects, this.#reject(made, records[at] as number, sources)];
        } else {
          kept.push(made);
          left?.push(records[at] as number);
        }
      }
      good = kept;
      owners = left ?? records;
    }
    const set = { emitted: good.length, inserted: 0, updated: 0, same: 0, rejected: 0 };
    return {
      outputs: [{ rows: good, records: owners }],
      rejects,
      counts: {
        ...noCounts,
        read: sources.length,
        filtered,
        rejected: rejects.length,
        accepted: sources.length - filtered - rejects.length,
        outputs: { [this.#target]: set },
      },
    };
  }

  #reject({ fault, column }: RowFault, record: number, sources: readonly Row[]): MappingReject {
    const planned = this.#planned[column]!;
    return {
      key: this.keyText(sources[record] ?? []),
      item: null,
      output: null,
      code: fault.code,
      message: `${this.#table}.${planned.source}: ${fault.message}`,
      column: planned.source,
      record,
      rule: planned.rules[0] ?? this.#typesKey,
    };
  }
}

/** A table without a key is named by all its columns. */
const longestKey = 200;
const noRejects: readonly MappingReject[] = [];

/** 0, 1, 2 ...: the same list for every block of a size. */
function allOf(length: number): readonly number[] {
  const known = lists.get(length);
  if (known) return known;
  const made = Array.from({ length }, (_, index) => index);
  if (lists.size < 64) lists.set(length, made);
  return made;
}
const lists = new Map<number, readonly number[]>();
