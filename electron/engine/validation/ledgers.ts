import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Counts } from '#shared/model/run.ts';
import type { ValidationItem } from '../steps/step-kind.ts';

export type StepLedger = {
  readonly step: string;
  readonly counts: Counts;
  /** What the journal keeps of the step, to hold against the ledger; left out where the counts were not made in this run. */
  readonly kept?: { readonly records: number; readonly byOutput: Readonly<Record<string, number>> };
};

export type LedgerReport = {
  /** Rows of the validation view. */
  readonly ledger: { step: string; counts: Counts; balanced: boolean }[];
  readonly items: readonly ValidationItem[];
};

/**
 * What does not add up, one sentence each; empty when both ledgers balance.
 * Records: read = accepted + set aside + filtered. Rows of each output: emitted = inserted + updated + the same + set aside.
 */
export function balance(counts: Counts): string[] {
  const wrong: string[] = [];
  const sum = counts.accepted + counts.rejected + counts.filtered;
  if (counts.read !== sum) {
    wrong.push(
      `Read ${counts.read}, but accepted ${counts.accepted} + set aside ${counts.rejected} + filtered ${counts.filtered} = ${sum}.`,
    );
  }
  for (const [table, rows] of Object.entries(counts.outputs)) {
    const written = rows.inserted + rows.updated + rows.same + rows.rejected;
    if (rows.emitted !== written) {
      wrong.push(
        `${table}: emitted ${rows.emitted}, but inserted ${rows.inserted} + updated ${rows.updated} + the same ${rows.same} + set aside ${rows.rejected} = ${written}.`,
      );
    }
  }
  return wrong;
}

/** Holds both ledgers of every step, and the records kept in quarantine, against each other. */
export function checkLedgers(steps: readonly StepLedger[]): LedgerReport {
  const findings: Finding[] = [];
  const ledger = steps.map(({ step, counts, kept }) => {
    const wrong = [...balance(counts), ...(kept ? heldAgainst(counts, kept) : [])];
    for (const message of wrong) {
      findings.push(
        makeFinding({
          severity: 'critical',
          category: 'data_loss',
          step,
          path: step,
          message,
          suggestion: 'Rows are missing or counted twice. Roll back, and keep the report for the authors of Overland.',
          basis: 'counts of the committed chunks',
        }),
      );
    }
    return { step, counts, balanced: wrong.length === 0 };
  });
  const balanced = ledger.filter((row) => row.balanced).length;
  const items: ValidationItem[] = findings.map((finding) => ({ kind: 'finding', finding }));
  items.push({
    kind: 'check',
    check: 'Both accounts of every step: records read, rows emitted',
    found: `${balanced} of ${ledger.length} steps balance`,
    severity: findings.length === 0 ? 'ok' : 'critical',
  });
  return { ledger, items };
}

function heldAgainst(counts: Counts, kept: NonNullable<StepLedger['kept']>): string[] {
  const wrong: string[] = [];
  if (kept.records !== counts.rejected) {
    wrong.push(`${counts.rejected} records are counted as set aside, the quarantine holds ${kept.records}.`);
  }
  for (const table of new Set([...Object.keys(counts.outputs), ...Object.keys(kept.byOutput)])) {
    const counted = counts.outputs[table]?.rejected ?? 0;
    const held = kept.byOutput[table] ?? 0;
    if (counted !== held)
      wrong.push(`${table}: ${counted} rows are counted as set aside, the quarantine holds ${held}.`);
  }
  return wrong;
}
