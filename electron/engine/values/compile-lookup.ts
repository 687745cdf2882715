import type { Row, Value } from '#shared/model/value.ts';
import type { LookupSpec } from '../steps/records/spec-types.ts';
import { compileValue } from './compile-column.ts';
import { type Failed, type Frame, fail, failed } from './frame.ts';
import { lookupKey } from './key-text.ts';
import type { MappingLookup } from './mapping-types.ts';
import type { Names } from './names.ts';
import type { ProblemSink } from './problem-sink.ts';

/** A lookup of the mapping, at its position in the frame. */
export class CompiledLookup {
  readonly facts: MappingLookup;
  readonly #index: number;
  readonly #evaluators: readonly ((frame: Frame) => unknown)[];
  readonly #rule: string;
  /** Whether more than one row may be found: when nothing is taken from it, one is as good as another. */
  readonly #onlyPresence: boolean;
  #found: ReadonlyMap<string, Row | typeof several> = new Map();
  #wanted = new Map<string, Row>();

  constructor(spec: LookupSpec, scope: string, index: number, names: Names, problems: ProblemSink) {
    const { name, connection, table, take } = spec;
    this.facts = { name, scope, connection, table, on: spec.on.map(({ column }) => column), take };
    this.#index = index;
    this.#evaluators = spec.on.map(({ value }) => compileValue(value, names, problems).evaluate);
    this.#rule = spec.key;
    this.#onlyPresence = take.length === 0;
  }

  /** Notes the key of this frame as wanted. A key that cannot be had is found out again when the row is built. */
  want(frame: Frame): void {
    const key = this.#key(frame);
    if (key === null || key === failed) return;
    const text = lookupKey(key);
    if (!this.#wanted.has(text)) this.#wanted.set(text, key);
  }

  takeWanted(): readonly Row[] {
    const keys = [...this.#wanted.values()];
    this.#wanted = new Map();
    return keys;
  }

  /** Takes the rows found, each as [on..., take...]. */
  load(rows: readonly Row[]): void {
    const width = this.#evaluators.length;
    const found = new Map<string, Row | typeof several>();
    for (const row of rows) {
      const text = lookupKey(width === row.length ? row : row.slice(0, width));
      found.set(text, found.has(text) && !this.#onlyPresence ? several : row);
    }
    this.#found = found;
  }

  /** Puts the row for this frame into it; null when there is none or a part of the key is null. False when it fails. */
  find(frame: Frame): boolean {
    const key = this.#key(frame);
    if (key === failed) return false;
    const row = key === null ? null : (this.#found.get(lookupKey(key)) ?? null);
    if (row === several) {
      const { name, table, on } = this.facts;
      const message = `The lookup ${name} finds more than one row of ${table} by ${on.join(', ')}`;
      fail(frame, { code: 'lookup_ambiguous', message, column: null, rule: this.#rule });
      return false;
    }
    frame.lookups[this.#index] = row;
    return true;
  }

  #key(frame: Frame): Row | null | Failed {
    const key: Value[] = [];
    for (const evaluate of this.#evaluators) {
      const value = evaluate(frame);
      if (value === failed) return failed;
      if (value === null || value === undefined) return null;
      if (typeof value === 'object' && !(value instanceof Uint8Array)) return null;
      key.push(value as Value);
    }
    return key;
  }
}

const several: unique symbol = Symbol('several rows');
