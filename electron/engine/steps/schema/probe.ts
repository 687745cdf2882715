import type { RelationalSession } from '../../../drivers/relational.ts';
import type { PlannedStatement } from './plan-types.ts';
import { codeOf, withoutComments } from './statement-kind.ts';
import { namesIn, plainName, type Structure, structureOf } from './structure.ts';
import type { TrackedStructure } from './tracking.ts';

/**
 * Whether a statement outside of a transaction has happened, from what is found in the target. `remains`: it was begun and left
 * something that must go first.
 */
export type Probe =
  | { readonly kind: 'absent' }
  | { readonly kind: 'happened' }
  | { readonly kind: 'remains'; readonly object: string; readonly remove: string }
  | { readonly kind: 'unclear'; readonly words: string };

/**
 * Compares the live structure with the rungs of the rehearsal before and after the statement. Without a rehearsal, with the
 * state that was recorded when it was begun (`begun`, null when it was not).
 */
export async function probeStatement(
  session: RelationalSession,
  statement: PlannedStatement,
  begun: TrackedStructure['begun'] | null,
): Promise<Probe> {
  const index = session.endpoint.engine === 'postgres' ? await probeIndex(session, statement.text) : null;
  if (index) return index;
  const rung = statement.changes && Object.keys(statement.changes).length > 0 ? statement.changes : null;
  if (!rung && !begun) return { kind: 'absent' };
  const found = await namedStructure(session, statement);
  if (rung) {
    const is = (side: 'before' | 'after') =>
      Object.entries(rung).every(([object, change]) => (found[object] ?? null) === change[side]);
    if (is('after')) return { kind: 'happened' };
    if (is('before')) return { kind: 'absent' };
    return { kind: 'unclear', words: unclearWords(rung, found) };
  }
  const before = begun?.before ?? {};
  const changed = Object.keys({ ...before, ...found }).some((object) => before[object] !== found[object]);
  // The engine changes the structure in one piece or not at all, and these are the objects that the statement names.
  if (changed) return { kind: 'happened' };
  if (statement.repeatable || changesStructure(statement.text)) return { kind: 'absent' };
  return {
    kind: 'unclear',
    words: 'The statement was begun and leaves no trace in the structure, so that nothing shows whether it was done.',
  };
}

/** The objects that a statement names, as they are now. */
export async function namedStructure(session: RelationalSession, statement: PlannedStatement): Promise<Structure> {
  const names = new Set([...namesIn(statement.text), ...Object.keys(statement.changes ?? {}).map(plainName)]);
  return structureOf(await session.catalog([...names]));
}

/** An index that is built beside the work of others stays behind invalid when its statement ends before it does. */
async function probeIndex(session: RelationalSession, text: string): Promise<Probe | null> {
  const built = builtIndex(text);
  if (!built) return null;
  const state = await indexState(session, built);
  if (state === 'valid') return { kind: 'happened' };
  if (state === 'absent') return { kind: 'absent' };
  return { kind: 'remains', object: built, remove: `DROP INDEX CONCURRENTLY IF EXISTS ${built}` };
}

/** Name, as it is written, of the index that a CREATE INDEX CONCURRENTLY makes; null for any other statement. */
export function builtIndex(text: string): string | null {
  const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
  const pattern = new RegExp(
    String.raw`^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?!ON\b)(${name}(?:\s*\.\s*${name})?)\s+ON\b`,
    'iu',
  );
  return pattern.exec(codeOf(withoutComments(text)))?.[1] ?? null;
}

export async function indexState(session: RelationalSession, name: string): Promise<'valid' | 'invalid' | 'absent'> {
  const sql = `SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass('${name.replaceAll("'", "''")}')`;
  const { rows } = await session.query(sql, 1);
  const valid = rows[0]?.[0];
  if (valid === undefined) return 'absent';
  return valid === true || valid === 't' || valid === 'true' ? 'valid' : 'invalid';
}

function changesStructure(text: string): boolean {
  return /^(?:CREATE|ALTER|DROP|RENAME)\b/i.test(withoutComments(text));
}

function unclearWords(rung: NonNullable<PlannedStatement['changes']>, found: Structure): string {
  const parts = Object.entries(rung).map(([object, { before, after }]) => {
    const now = found[object] ?? 'absent';
    return `${object} is ${now}, before the statement ${before ?? 'absent'}, after it ${after ?? 'absent'}`;
  });
  return `The structure is neither as it was before the statement nor as the rehearsal left it: ${parts.join('; ')}.`;
}
