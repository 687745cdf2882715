import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Catalog } from '../../../drivers/relational.ts';
import type { Policy, StepHead } from '../step-kind.ts';
import { type Effect, namePattern, unquoted } from './lock-parts.ts';
import { mysqlEffects } from './locks-mysql.ts';
import { postgresEffects } from './locks-postgres.ts';
import type { Migration } from './migrations.ts';
import { splitScript } from './script.ts';
import { codeOf, type Engine, withoutComments } from './statement-kind.ts';

export type StatementEffect = Effect & { readonly place: string; readonly statement: string };

/** A table is large when it is likely to be noticed: more rows or more bytes than these. */
const large = { rows: 100_000, bytes: 100 * 1024 ** 2 };

/** Effects on tables that are there before: what a migration makes itself nobody waits for. */
export function statementEffects(engine: Engine, migrations: readonly Migration[]): readonly StatementEffect[] {
  if (engine === 'sqlite') return [];
  const made = new Set<string>();
  return migrations.flatMap((migration) =>
    splitScript(engine, migration.up).flatMap((statement): StatementEffect[] => {
      const code = codeOf(withoutComments(statement.text)).replace(/\s+/g, ' ').trim();
      const created = createdTable(code);
      const effects = (engine === 'postgres' ? postgresEffects(code) : mysqlEffects(code)).filter(
        (effect) => !made.has(effect.table),
      );
      if (created) made.add(created);
      const line = migration.inJson ? migration.upOffset + 1 : migration.upOffset + statement.line;
      const own = { place: `${migration.file}:${line}`, statement: shortened(statement.text) };
      if (created && effects.length === 0)
        return [{ ...own, table: created, blocks: 'nothing', work: 'instant', words: 'new' }];
      return effects.map((effect) => ({ ...effect, ...own }));
    }),
  );
}

/** One finding for each statement that makes others wait, or that reads or rewrites a whole table that holds rows. */
export function lockFindings(
  effects: readonly StatementEffect[],
  before: Catalog,
  timeouts: Policy['timeouts'],
  step: StepHead,
): Finding[] {
  const tables = new Map(before.tables.map((table) => [table.name, table]));
  return effects.flatMap((effect) => {
    const table = tables.get(effect.table);
    if (!table || (effect.blocks === 'nothing' && effect.work !== 'rewrite')) return [];
    const bytes = table.details?.bytes ?? null;
    const isLarge = table.rows > large.rows || (bytes ?? 0) > large.bytes;
    const waits =
      effect.blocks === 'everything' ? 'Reads and writes' : effect.blocks === 'writes' ? 'Writes' : 'Nobody';
    const long = { instant: 'for a moment', scan: 'while it is read', rewrite: 'while it is written anew' }[
      effect.work
    ];
    const size = `${figure(table.rows)} rows${bytes === null ? '' : `, ${sizeText(bytes)}`}`;
    return [
      makeFinding({
        severity: isLarge && effect.work !== 'instant' ? 'warning' : 'info',
        category: effect.work === 'rewrite' ? 'table_rewritten' : 'table_locked',
        step: step.id,
        path: effect.place,
        message: `${effect.statement}: ${effect.words}. ${waits} of ${effect.table} (${size}) ${waits === 'Nobody' ? 'waits' : 'wait'} ${long}.`,
        suggestion:
          timeouts.lockMs === null
            ? 'Set policy.timeouts.lock, so that what waits for the lock does not hold up everybody behind it.'
            : `It waits at most ${timeouts.lockMs / 1000} s for its lock, then is tried again.`,
      }),
    ];
  });
}

function createdTable(code: string): string | null {
  const found = new RegExp(`^CREATE (?:UNLOGGED |OR REPLACE )?TABLE (?:IF NOT EXISTS )?${namePattern}`, 'iu').exec(
    code,
  );
  return found ? unquoted(found[1]!) : null;
}

function shortened(text: string): string {
  const line = withoutComments(text).replace(/\s+/g, ' ').replace(/;\s*$/, '');
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}

function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
