import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import type { Migration } from './migrations.ts';
import { type Structure, unlike } from './structure.ts';

/** Objects of a migration that are no longer as it left them (null: dropped). */
export function structureFindings(
  migration: Migration,
  left: Readonly<Record<string, string | null>>,
  found: Structure,
): Finding[] {
  return unlike(left, found).map(({ object, how }) =>
    makeFinding({
      severity: 'error',
      category: 'structure_changed_since',
      path: object,
      message: `${object} was ${how === 'missing' ? 'removed' : how === 'additional' ? 'made again' : 'changed'} after migration ${migration.title}.`,
      suggestion: 'Decide whether the down script may run over it.',
    }),
  );
}

/** Rows in tables that the migration made, beyond those that its script put there: others wrote them. */
export async function foreignRows(
  made: Readonly<Record<string, number>>,
  session: RelationalSession,
): Promise<{ table: string; finding: Finding }[]> {
  const tables = (await session.catalog(Object.keys(made))).tables;
  return tables.flatMap((table) => {
    const own = made[table.name];
    if (own === undefined || table.rows <= own) return [];
    return [
      {
        table: table.name,
        finding: makeFinding({
          severity: 'error',
          category: 'rows_of_others',
          path: table.name,
          message: `${table.name} holds ${figure(table.rows - own)} rows that the migration did not write; the down script drops the table.`,
          count: table.rows - own,
          suggestion: 'Keep the table, or export its rows and drop it.',
        }),
      },
    ];
  });
}
