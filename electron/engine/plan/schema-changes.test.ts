import { expect, it } from 'vitest';
import type { Catalog, TableInfo } from '../../drivers/relational.ts';
import { schemaChanges } from './schema-changes.ts';

function table(name: string, columns: readonly string[], sql: string): TableInfo {
  return {
    name,
    columns: columns.map((column) => ({
      name: column,
      declaredType: 'TEXT',
      type: { t: 'text' },
      nullable: true,
      defaultText: null,
      generated: false,
    })),
    primaryKey: [columns[0]!],
    uniques: [],
    foreignKeys: [],
    rows: 0,
    sql,
  };
}

it('tells new, changed and dropped objects in words', () => {
  const before: Catalog = {
    tables: [
      table('gone', ['a'], 'CREATE TABLE gone (a)'),
      table('grows', ['a', 'old'], 'CREATE TABLE grows (a, old)'),
    ],
    others: [{ kind: 'view', name: 'v', sql: 'CREATE VIEW v AS SELECT 1' }],
  };
  const after: Catalog = {
    tables: [
      table('grows', ['a', 'b'], 'CREATE TABLE grows (a, b)'),
      table('made', ['a', 'b'], 'CREATE TABLE made (a, b);\nCREATE INDEX i ON made (b)'),
    ],
    others: [{ kind: 'view', name: 'v', sql: 'CREATE VIEW v AS SELECT 2' }],
  };
  expect(schemaChanges(before, after).map(({ object, change, summary }) => [object, change, summary])).toEqual([
    ['gone', 'dropped', '1 column, key a'],
    ['grows', 'changed', 'adds b; drops old'],
    ['made', 'new', '2 columns, key a, 1 index'],
    ['v', 'changed', 'view'],
  ]);
  expect(schemaChanges(after, after)).toEqual([]);
});
