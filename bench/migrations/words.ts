import { seconds, textTable } from '../table.ts';
import type { MigrationsReport } from './index.ts';

export function migrationsText({ migrations, ends }: MigrationsReport): string {
  const rows = ends.map(({ name, planMs, backupMs, executeMs, dbmateMs }) => [
    name,
    seconds(planMs),
    seconds(backupMs),
    seconds(executeMs),
    dbmateMs === null ? 'not here' : seconds(dbmateMs),
    dbmateMs === null ? '' : `${(dbmateMs / executeMs).toFixed(2)}${dbmateMs > executeMs ? '' : ' MISSED'}`,
  ]);
  const head = ['', 'plan', 'backup', 'execute', 'dbmate up', 'engine against it'];
  return `${migrations.toLocaleString('en-US')} migrations of one statement, tracked and locked\n\n${textTable(head, rows)}`;
}
