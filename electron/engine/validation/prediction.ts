import type { DryRunView } from '#shared/contract/dry-run.ts';
import { figure } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import type { ValidationItem } from '../steps/step-kind.ts';

type Figures = { readonly what: string; readonly predicted: number; readonly happened: number };

/**
 * Holds what the dry run predicted against what happened: records of each step, rows of each table. A difference is a warning
 * and not an error: both may be right, each for the data that it saw. Nothing is said of a sample, or without a dry run.
 */
export function checkPrediction(
  dryRun: Pick<DryRunView, 'sampled' | 'steps' | 'outputs'> | null,
  happened: ReadonlyMap<string, Counts>,
): readonly ValidationItem[] {
  if (dryRun === null || dryRun.sampled !== null) return [];
  const differing: { readonly step: string | null; readonly path: string; readonly figures: readonly Figures[] }[] = [];
  for (const row of dryRun.steps) {
    const figures = stepFigures(row, happened.get(row.id) ?? noCounts).filter(differs);
    if (figures.length > 0) differing.push({ step: row.id, path: row.id, figures });
  }
  const total = [...happened.values()].reduce<Counts>(addCounts, noCounts);
  for (const { table, rows } of dryRun.outputs) {
    const written = total.outputs[table];
    const figures = [
      { what: 'rows written', predicted: rows, happened: written ? written.inserted + written.updated : 0 },
    ];
    if (figures.some(differs)) differing.push({ step: null, path: table, figures });
  }
  const compared = dryRun.steps.length + dryRun.outputs.length;
  return [
    ...differing.map(
      ({ step, path, figures }): ValidationItem => ({
        kind: 'finding',
        finding: makeFinding({
          severity: 'warning',
          category: 'prediction',
          step,
          path,
          message: `The dry run predicted otherwise for ${path}: ${figures.map(words).join('; ')}.`,
          suggestion: 'Find out what changed between the dry run and the run: the source, the target, or both.',
          basis: 'the dry run in full, and the counts of the committed chunks',
        }),
      }),
    ),
    {
      kind: 'check',
      check: 'What the dry run predicted',
      found:
        differing.length === 0
          ? `${compared} of ${compared} figures as predicted`
          : `${differing.length} of ${compared} differ`,
      severity: differing.length === 0 ? 'ok' : 'warning',
    },
  ];
}

function stepFigures(row: DryRunView['steps'][number], counts: Counts): Figures[] {
  const setAside = Object.values(counts.outputs).reduce((sum, output) => sum + output.rejected, counts.rejected);
  return [
    { what: 'read', predicted: row.read, happened: counts.read },
    { what: 'accepted', predicted: row.accepted, happened: counts.accepted },
    { what: 'set aside', predicted: row.setAside, happened: setAside },
    { what: 'filtered', predicted: row.filtered, happened: counts.filtered },
  ];
}

function differs({ predicted, happened }: Figures): boolean {
  return predicted !== happened;
}

function words({ what, predicted, happened }: Figures): string {
  return `${what} ${figure(predicted)} predicted, ${figure(happened)} happened`;
}
