import * as z from 'zod';
import { finding } from '../model/finding.ts';
import { procedure } from './base.ts';

export const migrationState = z.enum([
  'pending',
  'applied',
  'changed',
  'missing',
  'out_of_order',
  'partial',
  'undoing',
  'adopted',
  'baseline',
]);

/** A migration as bundle and target see it, in the order in which they run; what only the target knows comes last. */
export const migrationRow = z.object({
  id: z.string(),
  title: z.string(),
  state: migrationState,
  /** As the target has it; null where it says nothing. */
  appliedAt: z.string().nullable(),
  runId: z.string().nullable(),
  /** File of the bundle; null when it is not there. */
  file: z.string().nullable(),
  hasDown: z.boolean(),
  /** Statements done, of one that is half way. */
  statementsDone: z.number().int().nullable(),
});

/** The migrations of one `schema` step. */
export const migrationsView = z.object({
  step: z.string(),
  target: z.string(),
  engine: z.string(),
  where: z.string(),
  /** Whether the target has a table `overland_migrations`. */
  tracked: z.boolean(),
  migrations: z.array(migrationRow),
  /** Objects that are not as the last migration that touched them left them. */
  drift: z.array(
    z.object({ object: z.string(), how: z.enum(['missing', 'additional', 'changed']), migration: z.string() }),
  ),
  /** Applied migrations with which no structure was kept, so that their drift cannot be told. */
  withoutStructure: z.number().int(),
  findings: z.array(finding),
});
export type MigrationsView = z.infer<typeof migrationsView>;

/** One migration that is taken back, newest first. */
export const takenBack = z.object({
  id: z.string(),
  title: z.string(),
  statements: z.number().int(),
  state: z.enum(['planned', 'done', 'failed', 'not_reached']),
  message: z.string().nullable(),
});

export const migrationsRollback = z.object({
  step: z.string(),
  target: z.string(),
  migrations: z.array(takenBack),
  /** Folder of what was saved before; null when nothing was. */
  saved: z.string().nullable(),
  findings: z.array(finding),
});
export type MigrationsRollback = z.infer<typeof migrationsRollback>;

export const migrationsContract = {
  /** Reads only. */
  status: procedure.input(z.object({ path: z.string() })).output(z.array(migrationsView)),
  /**
   * Runs the down scripts of what was applied after `to` ("0" for all), or of the `last` so many, newest first. The target is saved
   * before unless `backup` is false. With `preview` nothing is changed.
   */
  rollback: procedure
    .input(
      z.object({
        path: z.string(),
        /** Needed when the profile has several `schema` steps. */
        step: z.string().nullable(),
        to: z.string().nullable(),
        last: z.number().int().min(1).nullable(),
        preview: z.boolean(),
        backup: z.boolean(),
      }),
    )
    .output(migrationsRollback),
};
