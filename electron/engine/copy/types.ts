import type * as z from 'zod';
import type { Value } from '#shared/model/value.ts';
import type {
  Engine,
  Fit,
  ForeignKey,
  IndexInfo,
  TableDesign,
  TableInfo,
  TypeFacts,
} from '../../drivers/relational.ts';
import type { Fault, RowFault } from './fault.ts';
import type { typeRuleShape } from './type-rules.ts';

/**
 * What stands between the engines of a table copy.
 *
 * - `type-rules.ts`: `typeRuleShape` (zod, one entry of `[steps.X.types]`), `typeRules(entries)`, `ruleFor(rules, place)`.
 * - `plan-types.ts`: `designTables(request: DesignRequest): SchemaDesign`.
 * - `convert.ts`: `compileRow(columns): RowConvert | null`, `compileColumn(column): ValueConvert | null`, `sameStored(column)`.
 * - `fault.ts`: the classes `Fault` and `RowFault`, told by `instanceof`.
 * - `dialects.ts`: `dialects: ReadonlyMap<Engine, Dialect>`.
 * - `forecast-words.ts`: `faultWords(table, column, code, count)`, `settledBy(column, code)`.
 * - `collation.ts`: which unique keys clash under the target's collation.
 */

export type TypeRule = Readonly<z.output<typeof typeRuleShape>>;

/** `pattern` is a declared type of the source (`tinyint(1)`, `*text`) or a column (`orders.note`, `orders.*`). */
export type NamedRule = { readonly key: string; readonly pattern: string; readonly rule: TypeRule };
/** The most specific one says each word: column, then type, then pattern. `keys` are those that said something. */
export type AppliedRule = { readonly rule: TypeRule; readonly keys: readonly string[] };

export type DesignRequest = {
  readonly source: Engine;
  readonly target: Engine;
  readonly tables: readonly TableInfo[];
  readonly rules: readonly NamedRule[];
  /** Table of the source to its name in the target. */
  readonly renames: ReadonlyMap<string, string>;
  /** Names that the target holds already. */
  readonly taken: readonly string[];
  /** Longest text of a column in characters, where it was measured; decides how long a text in a key becomes in MySQL. */
  readonly longest?: (table: string, column: string) => number | null;
  /** Tables of the target that are there and are filled, by the target's name: they are not designed. */
  readonly existing?: ReadonlyMap<string, TableInfo>;
};

export type SchemaDesign = {
  /** In the order of the request. */
  readonly tables: readonly PlannedTable[];
  /** What stops the copy until the profile says otherwise: names that clash, a type that is not known. */
  readonly problems: readonly DesignProblem[];
};
export type DesignProblem = {
  readonly table: string;
  readonly column: string | null;
  readonly code:
    | 'name_clash'
    | 'name_too_long'
    | 'rule_type_unknown'
    | 'rule_matches_nothing'
    | 'column_missing'
    | 'column_required';
  readonly message: string;
  readonly advice: string | null;
  /** Key of the rule in the profile, when it is about one. */
  readonly rule: string | null;
};

/** Plain JSON. */
export type PlannedTable = {
  readonly source: string;
  readonly target: string;
  readonly design: TableDesign;
  /** Columns that are read and written, in order; generated ones are not among them. */
  readonly columns: readonly PlannedColumn[];
  /** Made after the load, in the target's words and with names that are free there. */
  readonly indexes: readonly IndexInfo[];
  /** Added after the load; with `inlineForeignKeys` they are in the design as well. All have a name, but in SQLite. */
  readonly foreignKeys: readonly ForeignKey[];
  /** Column that the engine numbers. */
  readonly identity: string | null;
  readonly notCarried: readonly NotCarried[];
  /** What else a person should know, one sentence each. */
  readonly notes: readonly string[];
};

export type NotCarried = {
  readonly kind:
    | 'default'
    | 'generated'
    | 'check'
    | 'index'
    | 'foreign_key'
    | 'on_update'
    | 'comment'
    | 'identity'
    | 'other';
  /** Column, index or constraint; the table itself when it has no name. */
  readonly name: string;
  /** As the source has it. */
  readonly text: string;
  readonly why: string;
};

/** Plain JSON. */
export type PlannedColumn = {
  readonly source: string;
  readonly target: string;
  readonly sourceType: string;
  readonly targetType: string;
  readonly fit: Fit;
  /** Keys of the profile's rules that had a word in it. */
  readonly rules: readonly string[];
  /** One or two sentences for the plan; empty when there is nothing to say. */
  readonly words: string;
  /** False where the target gives the value back in a form that cannot be foretold; `sameStored` compares it then. */
  readonly comparable: boolean;
  readonly convert: ConvertSpec;
};

/** Plain JSON, from which the conversion is compiled. */
export type ConvertSpec = {
  readonly from: { readonly engine: Engine; readonly facts: TypeFacts; readonly labels: readonly string[] | null };
  readonly to: { readonly engine: Engine; readonly facts: TypeFacts; readonly labels: readonly string[] | null };
  readonly rule: TypeRule;
  /** Whether null may come out. */
  readonly nullable: boolean;
};

/**
 * A value of the source as the target's driver will read it back, so that digests taken in flight compare with the target's
 * (unless the column is not `comparable`). Null is never passed; null comes out where a rule says so.
 */
export type ValueConvert = (value: Value) => Value | Fault;

/** Rows hold the values of `PlannedTable.columns` in their order. Gives the row itself when nothing changes, else a new one. */
export type RowConvert = (row: readonly Value[]) => readonly Value[] | RowFault;
