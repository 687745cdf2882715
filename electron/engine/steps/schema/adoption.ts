import type { RelationalSession, TableInfo } from '../../../drivers/relational.ts';
import { sameChecksum } from './migration-json.ts';
import type { Migration } from './migrations.ts';

/** A migration that another tool's table says is applied. `doubt` says why that is not certain. */
export type Adoptable = { readonly id: string; readonly appliedAt: string; readonly doubt: string | null };

/** Another tool's list of applied migrations as it is found in the target. */
export type ForeignTracking = {
  readonly table: string;
  readonly adoptable: ReadonlyMap<string, Adoptable>;
  /** Rows that this bundle has no migration for, and rows that are not done, in words. */
  readonly unknown: readonly string[];
  readonly unfinished: readonly string[];
};

type ForeignRow = {
  readonly id: string;
  readonly name: string | null;
  readonly checksum: string | null;
  readonly at: string | null;
  readonly status: string | null;
};

const tables = ['schema_migrations', '_migrations'] as const;
/** Column of each fact, by the names that the known tools give it. */
const columns = {
  id: ['id', 'version'],
  name: ['name'],
  checksum: ['checksum'],
  at: ['executed_at', 'applied_at'],
  status: ['status'],
} as const;
const finished = /^(?:completed?|applied|success(?:ful)?|done|executed|true|1)$/i;

/** Looks for the tracking tables of the agent framework and of the step framework (and those that look like them). Reads only. */
export async function findForeignTracking(
  session: RelationalSession,
  migrations: readonly Migration[],
): Promise<readonly ForeignTracking[]> {
  const found = (await session.catalog(tables)).tables;
  const result: ForeignTracking[] = [];
  for (const name of tables) {
    const table = found.find((one) => one.name === name);
    if (!table || !columnOf(table, 'id')) continue;
    result.push(compare(name, isLastVersionOnly(table) ? [] : await readRows(session, table), migrations));
  }
  return result;
}

async function readRows(session: RelationalSession, table: TableInfo): Promise<ForeignRow[]> {
  const facts = (Object.keys(columns) as (keyof typeof columns)[]).flatMap((fact) => {
    const column = columnOf(table, fact);
    return column ? [{ fact, column }] : [];
  });
  const rows: ForeignRow[] = [];
  for await (const batch of session.scan(
    table.name,
    facts.map(({ column }) => column),
  )) {
    for (const row of batch.rows) {
      const text = (fact: keyof typeof columns) => {
        const at = facts.findIndex((one) => one.fact === fact);
        const value = at < 0 ? null : row[at];
        return value === null || value === undefined ? null : String(value);
      };
      rows.push({
        id: text('id') ?? '',
        name: text('name'),
        checksum: text('checksum'),
        at: text('at'),
        status: text('status'),
      });
    }
  }
  return rows;
}

function compare(table: string, rows: readonly ForeignRow[], migrations: readonly Migration[]): ForeignTracking {
  const adoptable = new Map<string, Adoptable>();
  const unknown: string[] = [];
  const unfinished: string[] = [];
  for (const row of rows) {
    const migration = migrations.find((one) => isSame(row, one));
    if (row.status !== null && !finished.test(row.status)) {
      unfinished.push(`${row.id} (${row.status})`);
    } else if (migration) {
      adoptable.set(migration.id, { id: migration.id, appliedAt: row.at ?? '', doubt: doubtOf(row, migration) });
    } else {
      unknown.push(row.name ? `${row.id} (${row.name})` : row.id);
    }
  }
  return { table, adoptable, unknown, unfinished };
}

/** The id as it is, the same number, or the whole file name. */
function isSame(row: ForeignRow, migration: Migration): boolean {
  if (row.id === migration.id || row.id === migration.title) return true;
  return /^\d+$/.test(row.id) && /^\d+$/.test(migration.id) && BigInt(row.id) === BigInt(migration.id);
}

function doubtOf(row: ForeignRow, migration: Migration): string | null {
  if (row.checksum !== null && !sameText(row.checksum, migration))
    return `its checksum ${row.checksum} is not that of ${migration.file}`;
  if (row.name !== null && !sameName(row.name, migration)) return `its name there is "${row.name}"`;
  return null;
}

function sameText(checksum: string, migration: Migration): boolean {
  return migration.checksum === checksum.toLowerCase() || sameChecksum(checksum, migration.up);
}

function sameName(name: string, migration: Migration): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return [migration.name, migration.title].some((one) => plain(one) === plain(name));
}

/** golang-migrate keeps one row with the last version, which says nothing of each migration. */
function isLastVersionOnly(table: TableInfo): boolean {
  return table.columns.some((column) => column.name.toLowerCase() === 'dirty');
}

function columnOf(table: TableInfo, fact: keyof typeof columns): string | null {
  const names = new Map(table.columns.map((column) => [column.name.toLowerCase(), column.name]));
  const found = columns[fact].find((name) => names.has(name));
  return found ? names.get(found)! : null;
}
