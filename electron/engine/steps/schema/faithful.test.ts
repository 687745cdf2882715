import { expect, test } from 'vitest';
import type { Catalog } from '../../../drivers/relational.ts';
import { withoutUnfaithful } from './faithful.ts';
import type { PlannedMigration } from './plan-types.ts';
import { changesBetween, structureOf } from './structure.ts';

const step = { id: 'model', ord: 1, needs: [] };

function catalog(tables: Readonly<Record<string, string>>): Catalog {
  const table = (name: string, sql: string) => ({
    name,
    columns: [],
    primaryKey: [],
    uniques: [],
    foreignKeys: [],
    rows: 0,
    sql,
  });
  return { tables: Object.entries(tables).map(([name, sql]) => table(name, sql)), others: [] };
}

test('what the scratch place does not have as the target is neither compared nor used to tell what has happened', () => {
  const target = catalog({ same: 'CREATE 1', special: 'CREATE 1 PARTITIONED' });
  const scratch = catalog({ same: 'CREATE 1', special: 'CREATE 1' });
  const after = catalog({ same: 'CREATE 2', special: 'CREATE 2', fresh: 'CREATE 1' });
  const changes = changesBetween(structureOf(scratch), structureOf(after));
  const only = (name: string) => ({ [name]: changes[name]! });
  const statement = { text: 'x', line: 1, runs: 'outside', repeatable: false, settings: [] } as const;
  const migration: PlannedMigration = {
    ...{ id: '001', name: 'm', title: '001_m', description: null, file: 'f', upOffset: 0, up: 'x', downFile: null },
    ...{ downOffset: 0, down: null, inJson: false, noTransaction: { up: false, down: false }, needs: [] },
    ...{ needsLine: null, checksum: 'c', downScript: null, startAt: 0, statements: 2, tookMs: 1, makes: {} },
    changes,
    upScript: {
      way: 'statements',
      count: 2,
      statements: [
        { ...statement, changes: only('same') },
        { ...statement, changes: only('special') },
      ],
    },
  };
  const { migrations, findings } = withoutUnfaithful([migration], target, scratch, step);
  expect(Object.keys(migrations[0]!.changes!)).toEqual(['fresh', 'same']);
  expect(migrations[0]!.upScript.statements.map((one) => one.changes)).toEqual([only('same'), null]);
  expect(findings).toMatchObject([{ category: 'scratch_differs', message: expect.stringContaining('special') }]);
  expect(withoutUnfaithful([migration], target, target, step)).toEqual({ migrations: [migration], findings: [] });
});
