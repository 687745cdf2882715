import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure, type RelationalSession } from '../../drivers/relational.ts';
import type { Profile, ProfileRule } from '../profile/profile.ts';
import type { ValidationItem } from '../steps/step-kind.ts';
import { type IsSensitive, maskedText, sensitiveNames } from './sensitive.ts';

/** Offending rows of one rule that become findings of their own; the rest is counted. */
export const rowsPerRule = 500;

/** A session that reads, by connection name. May reject as opening a connection does. */
export type ReadSessions = (connection: string) => Promise<RelationalSession>;

/**
 * Runs the profile's rules one after the other. A `none` rule must return no row: each row it returns is a finding, its first
 * column names the row. A rule that cannot be run is an error, never a rule that holds. Only an abort rejects.
 */
export async function* runRules(
  profile: Pick<Profile, 'rules' | 'sensitive'>,
  sessions: ReadSessions,
  signal: AbortSignal,
): AsyncGenerator<ValidationItem> {
  const sensitive = sensitiveNames(profile.sensitive);
  for (const rule of profile.rules) {
    signal.throwIfAborted();
    yield* runRule(rule, sessions, sensitive, signal);
  }
}

async function* runRule(
  rule: ProfileRule,
  sessions: ReadSessions,
  sensitive: IsSensitive,
  signal: AbortSignal,
): AsyncGenerator<ValidationItem> {
  let found: Awaited<ReturnType<RelationalSession['query']>>;
  let total: number | null;
  try {
    const session = await sessions(rule.connection);
    found = await session.query(rule.sql, rowsPerRule, signal);
    total = found.more ? await countRows(session, rule.sql, signal) : found.rows.length;
  } catch (error) {
    signal.throwIfAborted();
    const until = 'then validate again. Until then nothing is known about this rule.';
    yield { kind: 'finding', finding: ruleFailed(rule, error, until) };
    yield { kind: 'check', check: `Rule ${rule.id}`, found: 'could not be run', severity: 'error' };
    return;
  }
  for (const row of found.rows) yield { kind: 'finding', finding: offence(rule, found.columns, row, sensitive) };
  if (found.more) yield { kind: 'finding', finding: notListed(rule, total) };
  yield {
    kind: 'check',
    check: `Rule ${rule.id}`,
    found: found.rows.length === 0 ? 'no row' : rowsFound(total),
    severity: found.rows.length === 0 ? 'ok' : rule.severity,
  };
}

function offence(rule: ProfileRule, columns: readonly string[], row: Row, sensitive: IsSensitive): Finding {
  const key = valueText(columns[0] ?? '', row[0] ?? null, sensitive);
  const rest = columns.slice(1).map((name, i) => `${name} ${valueText(name, row[i + 1] ?? null, sensitive)}`);
  return makeFinding({
    severity: rule.severity,
    category: 'rule',
    message: rule.message ?? `Rule ${rule.id} returns this row; it must return none.`,
    path: `${rule.connection} / ${key}`,
    newValue: rest.length > 0 ? rest.join(', ') : null,
    suggestion: rule.suggestion,
    rule: `rules.${rule.id}`,
  });
}

function notListed(rule: ProfileRule, total: number | null): Finding {
  const more = total === null ? null : total - rowsPerRule;
  return makeFinding({
    severity: rule.severity,
    category: 'rule',
    message:
      more === null
        ? `Rule ${rule.id} returns more rows than the ${rowsPerRule} that are listed.`
        : `Rule ${rule.id} returns ${more} more rows that are not listed.`,
    path: rule.connection,
    suggestion: rule.file ? `Run ${rule.file} against ${rule.connection} to see all of them.` : rule.suggestion,
    count: more,
    rule: `rules.${rule.id}`,
  });
}

/** `then` ends the advice to correct the statement. */
export function ruleFailed(rule: ProfileRule, error: unknown, then: string): Finding {
  const line = error instanceof DbFailure ? error.line : null;
  const place = rule.file === null ? `rules.${rule.id}` : line === null ? rule.file : `${rule.file}:${line}`;
  const reason = error instanceof Error ? error.message : String(error);
  return makeFinding({
    severity: 'error',
    category: 'rule_failed',
    message: `Rule ${rule.id} could not be run on ${rule.connection}: ${reason}`,
    path: place,
    suggestion: `Correct the statement in ${place}, ${then}`,
    rule: `rules.${rule.id}`,
  });
}

/** The rule as a subquery; null where its text cannot be one. */
async function countRows(session: RelationalSession, sql: string, signal: AbortSignal): Promise<number | null> {
  const bare = sql.trim().replace(/;\s*$/, '');
  try {
    const counted = await session.query(`SELECT count(*) FROM (\n${bare}\n) AS rule`, 1, signal);
    return Number(counted.rows[0]?.[0] ?? 0);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

function rowsFound(total: number | null): string {
  if (total === null) return `more than ${rowsPerRule} rows`;
  return total === 1 ? '1 row' : `${total} rows`;
}

function valueText(column: string, value: Value, sensitive: IsSensitive): string {
  if (value === null) return 'null';
  if (sensitive(column)) return maskedText;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
