import * as z from 'zod';
import { typeRuleShape } from '../../../copy/type-rules.ts';
import { expression, filled, objectName, plainName, wholeNumberOr } from '../../../profile/shape-parts.ts';
import { setShape } from '../spec-shape.ts';
import { constraints, finishActions, orphanRules, wholeModes, wholeUndos } from './spec-types.ts';

const table = z.strictObject({
  rename: objectName.optional().describe('Name in the target.'),
  where: expression.optional().describe('Records for which it is false are filtered, and counted as such.'),
  set: setShape,
  chunk: z
    .enum(['ranges', 'whole_table'])
    .default('ranges')
    .describe('"whole_table" copies the table in one transaction, and begins it again on resume.'),
  key: z.array(objectName).min(1).optional().describe('Columns that name a record; the primary key unless given.'),
});

/** The table of a `records` step that copies a whole schema, without `kind` and `needs`. */
export const wholeShape = z.strictObject({
  source: z.strictObject({
    connection: plainName.describe('Connection that is read.'),
    schema: filled.optional().describe('Schema that is read; must be that of the connection.'),
    tables: z
      .array(objectName)
      .min(1)
      .default(['*'])
      .describe('Tables that are read, by name or pattern; "*" stands for any characters.'),
    except: z.array(objectName).default([]).describe('Tables that are left out, by name or pattern.'),
  }),
  target: z.strictObject({
    connection: plainName.describe('Connection that is written.'),
    schema: filled.optional().describe('Schema that is written; must be that of the connection.'),
    mode: z
      .enum(wholeModes)
      .default('create')
      .describe(
        '"create" makes the tables; "insert" adds rows to tables that are there, "upsert" also updates by key, "replace" puts the whole row in the place of one with the key.',
      ),
  }),
  undo: z
    .enum(wholeUndos)
    .optional()
    .describe(
      'How it is undone; "drop_created" for create, "delete_written" for insert, "preimages" for upsert and replace.',
    ),
  parallel: wholeNumberOr(1, 1, 32).describe('Ranges at once, as far as both engines can.'),
  constraints: z
    .strictObject({
      before_load: z
        .array(z.enum(constraints))
        .default(['primary', 'not_null', 'check'])
        .describe('Constraints that are made with the table, so that they speak row by row.'),
      after_load: z
        .array(z.enum(constraints))
        .default(['unique', 'foreign'])
        .describe('Constraints that are made when all rows are there.'),
      orphans: z
        .enum(orphanRules)
        .default('quarantine_closure')
        .describe(
          'Rows that refer to a row that is not there: set aside with all that refers to them, "stop" the step, or "leave_out" the constraint.',
        ),
    })
    .prefault({})
    .describe('When the constraints of a new table are made.'),
  finish: z
    .array(z.enum(finishActions))
    .default(['sequences', 'comments', 'analyze'])
    .describe('What is done when all rows are there.'),
  types: z
    .record(filled, typeRuleShape)
    .default({})
    .describe(
      'Rules by declared type of the source, for example "tinyint(1)" or "*text", and by column, for example "orders.note".',
    ),
  tables: z.record(objectName, table).default({}).describe('What is special about a table, by its name in the source.'),
});
export type WholeShape = z.output<typeof wholeShape>;
export type TableShape = WholeShape['tables'][string];

/** Whether the table of a step is of this form, as far as it is a table at all. */
export function isWhole(raw: unknown): boolean {
  if (!isTable(raw) || Object.hasOwn(raw, 'into')) return false;
  const { source, target } = raw;
  const named = isTable(source) && ['tables', 'except', 'schema'].some((key) => Object.hasOwn(source, key));
  const made = isTable(target) && (target.mode === 'create' || Object.hasOwn(target, 'schema'));
  return named || made || ['tables', 'types', 'constraints', 'finish'].some((key) => Object.hasOwn(raw, key));
}

function isTable(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
