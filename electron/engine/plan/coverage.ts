import type { PlanView } from '#shared/contract/plan.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Catalog } from '../../drivers/relational.ts';
import type { Profile } from '../profile/profile.ts';
import { trackingTable } from './tracking-table.ts';

type Fate = PlanView['fates'][number];

export type Coverage = {
  readonly fates: readonly Fate[];
  readonly findings: readonly Finding[];
  readonly uncovered: readonly string[];
};

/**
 * Every table and column of every source is read by a step or named in `[not_carried]`; the rest is `uncovered` and needs
 * the operator's consent. Nothing is said to be uncovered in the `unknown` sources. `reads` are `connection.table.column`, `connection.table.*` for all columns.
 */
export function coverageOf(
  profile: Profile,
  catalogs: ReadonlyMap<string, Catalog>,
  reads: ReadonlyMap<string, readonly string[]>,
  unknown: ReadonlySet<string> = new Set(),
): Coverage {
  const fates: Fate[] = [];
  const uncovered: string[] = [];
  const findings: Finding[] = [];
  for (const [connection, catalog] of catalogs) {
    for (const table of catalog.tables) {
      // Our list of applied migrations tells nothing about the application's data.
      if (table.name === trackingTable) continue;
      const object = `${connection}.${table.name}`;
      const reason = profile.notCarried.get(object) ?? null;
      if (reason !== null) {
        fates.push({ object, column: null, fate: 'not_carried', by: [], reason });
        findings.push(notCarried(object, table.rows, reason));
        continue;
      }
      const missing: string[] = [];
      for (const column of table.columns) {
        const name = `${object}.${column.name}`;
        const by = readersOf(name, `${object}.*`, reads);
        const why = profile.notCarried.get(name) ?? null;
        if (by.length > 0) fates.push({ object, column: column.name, fate: 'read', by, reason: null });
        else {
          fates.push({ object, column: column.name, fate: 'not_carried', by: [], reason: why });
          if (why === null) missing.push(column.name);
        }
      }
      if (missing.length === 0 || unknown.has(connection)) continue;
      const whole = missing.length === table.columns.length;
      uncovered.push(whole ? object : missing.map((column) => `${object}.${column}`).join(', '));
      findings.push(unread(object, table.rows, whole ? null : missing));
    }
  }
  return { fates, findings, uncovered };
}

function readersOf(column: string, all: string, reads: ReadonlyMap<string, readonly string[]>): string[] {
  return [...reads].filter(([, names]) => names.includes(column) || names.includes(all)).map(([step]) => step);
}

function notCarried(object: string, rows: number, reason: string): Finding {
  return makeFinding({
    severity: 'info',
    category: 'not_carried',
    message: `Table ${object} is not carried over: ${reason}`,
    path: object,
    count: rows,
    rule: `not_carried."${object}"`,
    basis: 'named in the profile',
  });
}

function unread(object: string, rows: number, columns: readonly string[] | null): Finding {
  const what =
    columns === null
      ? `Table ${object} (${rows} rows) is read by no step`
      : `${columns.length === 1 ? 'Column' : 'Columns'} ${columns.join(', ')} of ${object} ${columns.length === 1 ? 'is' : 'are'} read by no step`;
  return makeFinding({
    severity: 'warning',
    category: 'not_carried',
    message: `${what} and not named in [not_carried].`,
    path: object,
    count: rows,
    suggestion:
      'Add a step that reads it, or name it in [not_carried] with the reason. Otherwise the plan needs the consent "not-carried".',
  });
}
