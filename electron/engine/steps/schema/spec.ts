import * as z from 'zod';
import type { Problem } from '#shared/model/finding.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { ParseContext } from '../step-kind.ts';
import { dialectsOf, migrationsFolder, readMigrations } from './migrations.ts';
import type { SchemaSpec } from './spec-types.ts';

export type * from './spec-types.ts';

/** The table of a `schema` step without `kind` and `needs`. */
export const schemaShape = z.strictObject({
  target: z.string().min(1).describe('Name of the connection that the migrations run on.'),
  migrations: z
    .string()
    .min(1)
    .describe('Folder of the bundle that holds the migrations, or one folder per engine: sqlite, postgres, mysql.'),
  baseline: z
    .string()
    .min(1)
    .optional()
    .describe('Id of a migration: it and those before it count as applied where the target does not say so.'),
  scratch: z
    .enum(['target'])
    .optional()
    .describe(
      'Consent to rehearse a server’s migrations in a scratch place on that server, dropped afterwards. A file is copied without it.',
    ),
  undo: z
    .enum(['down', 'restore', 'none'])
    .default('down')
    .describe(
      'How it is undone: "down" runs the down scripts, "restore" brings the rollback point back, "none" needs consent.',
    ),
});

export function parseSchema(
  raw: unknown,
  at: SourceMap,
  context: ParseContext,
): { readonly spec: SchemaSpec } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList(context.file, at, ['steps', context.step]);
  const parsed = schemaShape.safeParse(raw);
  if (!parsed.success) {
    problems.addIssues(parsed.error, schemaShape, raw);
    return { problems: problems.all };
  }
  const { target, migrations, undo, baseline = null, scratch = null } = parsed.data;
  if (!context.connections.has(target))
    problems.add(['target'], `There is no connection \`${target}\``, didYouMean(target, context.connections));
  checkMigrations(migrations, baseline, context.engineOf?.(target) ?? null, context, problems);
  if (!problems.none) return { problems: problems.all };
  return { spec: { key: problems.key([]), target, migrations, baseline, scratch, undo } };
}

/** Reads the migrations for the target's engine; without it, all that there are. */
function checkMigrations(
  folder: string,
  baseline: string | null,
  engine: string | null,
  { files }: ParseContext,
  problems: ProblemList,
): void {
  const dialects = dialectsOf(files, folder);
  const wanted = engine === null && dialects.length > 0 ? dialects : [engine ?? 'sqlite'];
  for (const one of wanted) {
    const place = migrationsFolder(files, folder, one);
    if (place === null) {
      const message =
        dialects.length > 0
          ? `The folder \`${folder}\` holds no migrations for ${one}, only for ${dialects.join(', ')}`
          : `The folder \`${folder}\` is missing or holds no .sql or .json file`;
      problems.add(['migrations'], message, 'See docs/profile.md for the names of migrations.');
      continue;
    }
    const read = readMigrations(files, place);
    if ('problems' in read) {
      problems.addAll(read.problems);
      continue;
    }
    const ids = read.migrations.map((migration) => migration.id);
    if (baseline !== null && !ids.includes(baseline))
      problems.add(['baseline'], `There is no migration \`${baseline}\` in ${place}`, didYouMean(baseline, ids));
  }
}
