import type { PlanView } from '#shared/contract/plan.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { bytes, figure } from '#shared/model/figures.ts';
import type { UndoMode } from '#shared/model/run.ts';
import { estimate, table, utc } from './format.ts';
import { findingLines } from './output.ts';

/** The plan as a person reads it before accepting: steps, what is found, space, the way back and until when, consents. */
export function planText(plan: PlanView, window: RunSnapshot['window'] = null): string {
  const steps = table(
    [
      { title: '#', right: true },
      { title: 'step' },
      { title: 'kind' },
      { title: 'amount', right: true },
      { title: '' },
      { title: 'time' },
      { title: 'undone by' },
      { title: 'read by' },
    ],
    plan.steps.map((step) => [
      String(step.ord),
      step.id,
      step.kind,
      figure(step.amount),
      step.unit,
      estimate(step.estimate),
      undoWords[step.undo],
      step.readBy,
    ]),
  );
  const space = plan.space.map(
    (one) =>
      `  ${one.where}: ${bytes(one.neededBytes)} needed for ${one.purpose}, ${one.freeBytes === null ? 'free space not known' : `${bytes(one.freeBytes)} free`}`,
  );
  return [
    `Run ${plan.runId}, plan ${plan.hash.slice(0, 12)}`,
    '',
    steps,
    '',
    plan.estimate
      ? `Execute takes ${estimate(plan.estimate)}; ${plan.estimate.basis}.`
      : 'Write speed is not measured.',
    `Way back: ${plan.wayBack.text}`,
    ...(window?.decideBy
      ? [`Window: if execute begins now, it closes ${utc(window.closes)}; roll back by ${utc(window.decideBy)}.`]
      : []),
    ...(space.length > 0 ? ['Space:', ...space] : []),
    ...(plan.findings.length > 0
      ? ['Found:', ...plan.findings.flatMap(findingLines)]
      : ['Nothing found that needs attention.']),
    ...plan.consents.map((need) => `Consent ${need.name}: ${need.text}`),
  ].join('\n');
}

const undoWords: Readonly<Record<UndoMode, string>> = {
  transaction: 'its transaction',
  down: 'down scripts',
  delete_written: 'deleting what it wrote',
  drop_created: 'dropping what it created',
  preimages: 'what was there before',
  restore: 'the backup',
  move_back: 'moving back',
  none: 'nothing: it cannot be undone',
};
