import type { Dialect, ForeignKey } from '../../../../drivers/relational.ts';
import { dialectOf } from '../../../copy/dialects.ts';
import type { PlannedTable } from '../../../copy/types.ts';
import type { Action, WholePlan } from './plan-types.ts';
import type { WholeSpec } from './spec-types.ts';

/** The changes of the structure, in their order: tables and what must speak row by row, then, after the rows, the rest. */
export function actionsOf(
  spec: WholeSpec,
  engine: WholePlan['target'],
  tables: readonly PlannedTable[],
): Pick<WholePlan, 'make' | 'finish'> {
  const dialect = dialectOf(engine);
  const made = spec.target.mode === 'create';
  return {
    make: made ? tables.flatMap((table) => makeActions(spec, dialect, table)) : [],
    finish: [
      ...(made ? tables.flatMap((table) => indexActions(spec, dialect, table)) : []),
      ...(made ? foreignKeyActions(spec, dialect, tables) : []),
      ...(spec.finish.includes('sequences') ? tables.flatMap((table) => identityActions(dialect, table)) : []),
      ...(spec.finish.includes('analyze') ? tables.map((table) => analyzeAction(dialect, table)) : []),
    ],
  };
}

/** What of the profile's constraints and comments goes into the table as it is made. */
export function designOf(spec: WholeSpec, copy: PlannedTable): PlannedTable['design'] {
  const { beforeLoad, finish } = spec;
  const { design } = copy;
  const comments = finish.includes('comments');
  return {
    ...design,
    columns: design.columns.map((column) => ({
      ...column,
      comment: comments ? column.comment : null,
      nullable: beforeLoad.includes('not_null') ? column.nullable : true,
    })),
    primaryKey: beforeLoad.includes('primary') ? design.primaryKey : [],
    checks: beforeLoad.includes('check') ? design.checks : [],
    foreignKeys: refers(spec) ? design.foreignKeys : [],
    comment: comments ? design.comment : null,
  };
}

/** Whether foreign keys are made. */
function refers({ afterLoad, orphans }: WholeSpec): boolean {
  return afterLoad.includes('foreign') && orphans !== 'leave_out';
}

function makeActions(spec: WholeSpec, dialect: Dialect, copy: PlannedTable): Action[] {
  const table: Action = {
    id: `table ${copy.target}`,
    kind: 'table',
    table: copy.target,
    object: copy.target,
    statements: dialect.createTable(designOf(spec, copy)),
    undo: dialect.dropTable(copy.target),
  };
  if (!spec.beforeLoad.includes('unique')) return [table];
  return [table, ...copy.indexes.filter((index) => index.unique).map((index) => indexAction(dialect, copy, index))];
}

/** Unique ones first: foreign keys may rest on them. */
function indexActions(spec: WholeSpec, dialect: Dialect, copy: PlannedTable): Action[] {
  const later = copy.indexes.filter((index) => !index.unique || spec.afterLoad.includes('unique'));
  return later
    .toSorted((a, b) => Number(b.unique) - Number(a.unique))
    .flatMap((index) => [...duplicatesActions(dialect, copy, index), indexAction(dialect, copy, index)]);
}

/** Where an index is no part of a transaction, what it would refuse is looked for before it. */
function duplicatesActions(
  dialect: Dialect,
  { target, columns }: PlannedTable,
  index: PlannedTable['indexes'][number],
): Action[] {
  const written = new Set(columns.map((column) => column.target));
  const plain = index.parts.every((part) => part.column !== null && written.has(part.column) && part.length === null);
  if (dialect.engine !== 'mysql' || !index.unique || !plain) return [];
  const id = `duplicates ${target}.${index.name}`;
  return [{ id, kind: 'duplicates', table: target, object: index.name, statements: [], undo: null, index }];
}

function indexAction(dialect: Dialect, { target }: PlannedTable, index: PlannedTable['indexes'][number]): Action {
  return {
    id: `index ${target}.${index.name}`,
    kind: 'index',
    table: target,
    object: index.name,
    statements: [dialect.createIndex(target, index)],
    undo: null,
    index,
  };
}

function foreignKeyActions(spec: WholeSpec, dialect: Dialect, tables: readonly PlannedTable[]): Action[] {
  if (!refers(spec) || tables.every((table) => table.foreignKeys.length === 0)) return [];
  const orphans: Action = { id: 'orphans', kind: 'orphans', table: '', object: '', statements: [], undo: null };
  const keys = tables.flatMap(({ target, foreignKeys }) =>
    foreignKeys.flatMap((key) => foreignKeyAction(dialect, target, key)),
  );
  return [orphans, ...keys];
}

/** Nothing where the key stands in the table already. */
function foreignKeyAction(dialect: Dialect, table: string, key: ForeignKey): Action[] {
  const statement = dialect.addForeignKey(table, key);
  if (statement === null || !key.name) return [];
  const undo = dialect.dropForeignKey(table, key.name);
  const id = `foreign key ${table}.${key.name}`;
  return [{ id, kind: 'foreign_key', table, object: key.name, statements: [statement], undo }];
}

function identityActions(dialect: Dialect, { target, identity }: PlannedTable): Action[] {
  const statement = identity === null ? null : dialect.setIdentity(target, identity);
  if (identity === null || statement === null) return [];
  return [
    {
      id: `identity ${target}`,
      kind: 'identity',
      table: target,
      object: identity,
      statements: [statement],
      undo: null,
    },
  ];
}

function analyzeAction(dialect: Dialect, { target }: PlannedTable): Action {
  return {
    id: `analyze ${target}`,
    kind: 'analyze',
    table: target,
    object: target,
    statements: [dialect.analyze(target)],
    undo: null,
  };
}
