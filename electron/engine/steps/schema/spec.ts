import * as z from 'zod';
import type { Problem } from '#shared/model/finding.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { ParseContext } from '../step-kind.ts';
import type { SchemaSpec } from './spec-types.ts';

export type * from './spec-types.ts';

/** The table of a `schema` step without `kind` and `needs`. */
export const schemaShape = z.strictObject({
  target: z.string().min(1).describe('Name of the connection that the migrations run on.'),
  migrations: z.string().min(1).describe('Folder of the bundle that holds the migrations, for example "sql/model".'),
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
  const { target, migrations, undo } = parsed.data;
  if (!context.connections.has(target)) {
    problems.add(['target'], `There is no connection \`${target}\``, didYouMean(target, context.connections));
  }
  if (!context.files.list(migrations).some((file) => file.endsWith('.sql'))) {
    const advice = 'Migrations are SQL files; see docs/profile.md for their names.';
    problems.add(['migrations'], `The folder \`${migrations}\` is missing or holds no .sql file`, advice);
  }
  if (!problems.none) return { problems: problems.all };
  return { spec: { key: problems.key([]), target, migrations, undo } };
}
