import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { PlannedStep } from './analyse.ts';

/** Whether the step could not be planned: what it reads and writes is not known then. */
export function isUnplanned({ planned }: PlannedStep): boolean {
  return planned.findings.some((finding) => finding.severity === 'critical');
}

/**
 * The findings of all steps, without what only follows from a step that could not be planned: its rows are not in the
 * rehearsal, so that what later steps would set aside for the want of them is no forecast.
 */
export function findingsOfSteps(steps: readonly PlannedStep[]): Finding[] {
  return steps.flatMap((one, at) => {
    const cause = steps.slice(0, at).find((earlier) => isUnplanned(earlier) && restsOn(one, earlier));
    if (!cause) return one.planned.findings;
    const { id } = one.step;
    const kept = one.planned.findings.filter((finding) => finding.basis === null);
    if (kept.length === one.planned.findings.length) return kept;
    return [
      ...kept,
      makeFinding({
        severity: 'info',
        category: 'not_forecast',
        step: id,
        path: id,
        message: `What ${id} would set aside is not forecast: it comes after ${cause.step.id}, which cannot be planned yet.`,
      }),
    ];
  });
}

function restsOn({ step }: PlannedStep, { step: earlier }: PlannedStep): boolean {
  const written = earlier.kind.connections(earlier.spec).writes;
  const { reads, writes } = step.kind.connections(step.spec);
  return [...reads, ...writes].some((name) => written.includes(name));
}

/** Sources of which it is not known what is read, since a step that reads them could not be planned. */
export function unknownSources(steps: readonly PlannedStep[]): ReadonlySet<string> {
  return new Set(steps.filter(isUnplanned).flatMap(({ step }) => step.kind.connections(step.spec).reads));
}
