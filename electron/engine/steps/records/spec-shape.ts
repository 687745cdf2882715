import * as z from 'zod';
import {
  expression,
  filled,
  objectName,
  plainName,
  value,
  variableName,
  wholeNumberOr,
} from '../../profile/shape-parts.ts';
import { castTypes } from './spec-types.ts';

const lookup = z.strictObject({
  connection: plainName.describe('Connection that is looked in.'),
  table: objectName.describe('Table that is looked in.'),
  on: z
    .record(objectName, value)
    .describe('Columns of that table and the values they must have, for example { task_id = "=row.parent_task_id" }.'),
  take: z.array(objectName).default([]).describe('Columns to take; none when only the presence of the row matters.'),
});

const reject = z.strictObject({
  when: expression.describe('Sets aside when it is true, for example "=row.title == null".'),
  reason: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/, 'a reason has small letters, digits and _')
    .describe('Word that names the reason, for example "title_empty".'),
  message: filled.optional().describe('Sentence for the person who looks at the record.'),
});

const column = z.strictObject({
  value: value.describe('The value before the modifiers beside it.'),
  nul: z.enum(['keep', 'remove', 'quarantine']).default('keep').describe('What a NUL character in text does.'),
  map: variableName.optional().describe('Name of a table of [maps] that the value goes through; null stays null.'),
  unknown: z
    .enum(['quarantine', 'keep', 'null', 'default'])
    .optional()
    .describe('What a value does that the map does not have; "quarantine" unless given.'),
  cast: z.enum(castTypes).optional().describe('Type that the value is converted to, exactly or not at all.'),
  bad: z
    .enum(['quarantine', 'null', 'default'])
    .optional()
    .describe('What a value does that the cast cannot take; "quarantine" unless given.'),
  default: value.optional().describe('Takes the place of null, after everything else.'),
});

const badItem = z
  .enum(['quarantine_item', 'quarantine'])
  .default('quarantine')
  .describe('An item that cannot be taken sets itself aside ("quarantine_item") or the whole record.');

const each = z.strictObject({
  item: variableName.describe('Name of the item in expressions; its position from 0 is "index".'),
  of: expression.describe('Expression that gives the list, for example "=json(row.artifacts)".'),
  bad: badItem,
  repeated: z
    .enum(['keep', 'filter'])
    .default('keep')
    .describe('"filter" emits rows that are the same once; "keep" leaves them to the target.'),
});

const unpivot = z.strictObject({
  into: z.strictObject({
    name: objectName.describe('Column for the name of the entry.'),
    value: objectName.describe('Column for its value.'),
  }),
  rows: z.record(filled, value).describe('An entry each: name and value. One row per value that is not null.'),
  bad: badItem,
});

export const setShape = z
  .record(
    objectName,
    z.union([value, column], { error: 'text, a number, true, false or a table with `value` is expected' }),
  )
  .default({})
  .describe('Columns and their values; a table with "value" where modifiers are needed.');

const output = z.strictObject({
  key: z.array(objectName).min(1).describe('Columns that tell a row from the others.'),
  surrogate: z
    .array(objectName)
    .default([])
    .describe('Columns that the target numbers; never written, never compared.'),
  copy: z
    .array(objectName)
    .default([])
    .describe('Columns taken under the same name; "*" for all that both sides have.'),
  drop: z.array(objectName).default([]).describe('Columns left out of copy = ["*"].'),
  set: setShape,
  each: each.optional().describe('One row per item of a list.'),
  unpivot: unpivot.optional().describe('One row per named value that is not null.'),
  lookups: z
    .record(variableName, lookup)
    .default({})
    .describe('Rows of other tables, by the name that expressions use; null when there is none.'),
  reject: z.array(reject).default([]).describe('Set this row aside; the first that holds decides.'),
});

/** The table of a `records` step without `kind` and `needs`. */
export const recordsShape = z.strictObject({
  source: z.strictObject({
    connection: plainName.describe('Connection that is read.'),
    table: objectName.optional().describe('Table that is read; or give "query".'),
    query: filled.optional().describe('File of the bundle with one SELECT; or give "table".'),
    key: z.array(objectName).min(1).describe('Columns that name a record, unique and never null.'),
    columns: z.array(objectName).min(1).optional().describe('Columns that are read; all when it is left out.'),
    optional: z.array(objectName).default([]).describe('Columns that older sources do not have; they arrive as null.'),
  }),
  target: z.strictObject({
    connection: plainName.describe('Connection that is written.'),
    mode: z
      .enum(['insert', 'upsert', 'replace'])
      .default('insert')
      .describe(
        '"insert" adds rows, "upsert" also updates by key, "replace" puts the whole row in the place of one with the key.',
      ),
  }),
  undo: z
    .enum(['delete_written', 'preimages', 'restore', 'none'])
    .optional()
    .describe('How it is undone; "delete_written" for insert, "preimages" for upsert and replace.'),
  parallel: wholeNumberOr(1, 1, 32).describe('Chunks at once.'),
  where: expression.optional().describe('Records for which it is false are filtered, and counted as such.'),
  lookups: z
    .record(variableName, lookup)
    .default({})
    .describe('Rows of other tables, by the name that expressions use; null when there is none.'),
  reject: z.array(reject).default([]).describe('Set the whole record aside; the first that holds decides.'),
  into: z
    .record(objectName, output)
    .refine((outputs) => Object.keys(outputs).length > 0, 'at least one table is needed')
    .describe('Tables that rows go to, each with its mapping.'),
});
export type RecordsShape = z.output<typeof recordsShape>;
export type OutputShape = z.output<typeof output>;
export type LookupShape = z.output<typeof lookup>;
export type RejectShape = z.output<typeof reject>;
