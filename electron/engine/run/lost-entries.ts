import { counted } from '#shared/model/figures.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { ValidationItem } from '../steps/step-kind.ts';
import type { EngineContext } from './engine-context.ts';
import { lostWithJournal } from './journal/findings.ts';

/** Entries of quarantine of a step that an adoption left as numbers, whole records and rows of each table together. */
export function lostEntries({ journal }: EngineContext, runs: readonly string[], step: string): number {
  return runs.reduce((sum, run) => {
    const sql = 'SELECT count(*) AS n FROM quarantine WHERE run = ? AND step = ? AND code = ?';
    return sum + (journal.db.get<{ n: number }>(sql, run, step, lostWithJournal)?.n ?? 0);
  }, 0);
}

/**
 * A row that the source gives and the target lacks, or holds otherwise, may be one that was set aside (for its key was taken),
 * where nobody knows any more which these were. As many rows of a table are told as warnings as entries are lost, no more.
 */
export async function* withLostEntries(
  items: AsyncIterable<ValidationItem>,
  lost: number,
): AsyncIterable<ValidationItem> {
  const perhaps = new Map<string, Set<string>>();
  let beyond = 0;
  for await (const item of items) {
    if (lost > 0 && item.kind === 'check' && item.severity !== 'ok' && beyond === 0 && perhaps.size > 0) {
      yield { ...item, severity: 'warning' };
      continue;
    }
    const row = lost > 0 && item.kind === 'finding' ? rowOf(item.finding) : null;
    if (row === null || item.kind !== 'finding') {
      yield item;
      continue;
    }
    const known = perhaps.get(row.table) ?? new Set();
    if (!known.has(row.key) && known.size >= lost) {
      beyond += 1;
      yield item;
      continue;
    }
    perhaps.set(row.table, known.add(row.key));
    yield { kind: 'finding', finding: perhapsSetAside(item.finding, lost) };
  }
}

/** The single row that a comparison with the source found missing or different; null for every other finding. */
function rowOf({ category, path }: Finding): { readonly table: string; readonly key: string } | null {
  const [table, key] = (path ?? '').split(' / ');
  const compared = category === 'data_loss' || category === 'data_consistency';
  return compared && table && key !== undefined ? { table, key } : null;
}

function perhapsSetAside(finding: Finding, lost: number): Finding {
  return {
    ...finding,
    severity: 'warning',
    category: 'perhaps_set_aside',
    message: `${finding.message} It may be of one of ${counted(lost, 'entry', 'entries')} that were set aside before the run was adopted.`,
    suggestion: 'Compare the record with the rules of the profile and of the target.',
  };
}
