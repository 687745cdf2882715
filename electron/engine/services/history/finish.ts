import { join } from 'node:path';
import type { FinishView } from '#shared/contract/history.ts';
import { bytes, counted, duration, estimated, figure } from '#shared/model/figures.ts';
import type { Phase } from '#shared/model/run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { findRun, isInterrupted } from '../../run/run-lock.ts';
import { outcomeWords } from '../../validation/report/outcome-words.ts';
import { phaseName } from '../../validation/report/report-words.ts';
import { outcomeFacts, type RunFacts, readRunFacts } from '../../validation/report/run-facts.ts';
import { stepState, stepStateWords } from '../../validation/report/step-words.ts';
import { cleanupWaits } from './cleanup-waits.ts';
import { folderBytes } from './folder-bytes.ts';

/** How a run ended, or how it stands; from the journal, nothing is connected. */
export async function finishView(context: EngineContext, runId: string): Promise<FinishView> {
  const run = findRun(context, runId);
  const facts = readRunFacts(context.journal, run, isInterrupted(run, context.environment.identity));
  const waits = cleanupWaits(context, run);
  const { title, lead, open } = outcomeWords(outcomeFacts(facts));
  return {
    runId,
    outcome: run.outcome,
    exitCode: facts.exitCode,
    endedAt: run.ended_at,
    title,
    lead,
    counts: facts.counts,
    steps: facts.steps.map((step) => {
      const state = stepState(step, run.outcome);
      return {
        ord: step.record.ord,
        id: step.record.id,
        state,
        counts: step.counts,
        forecastSeconds: facts.plan?.steps.find((one) => one.id === step.record.id)?.estimate?.likely ?? null,
        actualSeconds: step.executedMs === null ? null : step.executedMs / 1000,
        note: step.record.error ?? stepStateWords(step, state),
      };
    }),
    phases: phaseTimes(facts),
    open: [...open],
    cleanup: waits === null ? await leftovers(context, facts) : [],
    cleanupWaits: waits,
    cleanedAt: run.cleaned_at,
  };
}

/** One row a phase, attempts added up. */
function phaseTimes(facts: RunFacts): FinishView['phases'] {
  const took = new Map<Phase, { ms: number; attempts: number; ended: boolean }>();
  for (const { phase, from, to } of facts.spans) {
    const sum = took.get(phase) ?? { ms: 0, attempts: 0, ended: true };
    took.set(phase, { ms: sum.ms + (to === null ? 0 : to - from), attempts: sum.attempts + 1, ended: to !== null });
  }
  return [...took].map(([phase, { ms, attempts, ended }]) => ({
    name: phaseName(phase),
    forecast: phase === 'execute' && facts.plan?.estimate ? estimated(facts.plan.estimate) : '',
    actual: ended ? duration(ms) : 'under way',
    note: [phaseNote(phase, facts), attempts > 1 ? `${attempts} attempts` : ''].filter((one) => one !== '').join(', '),
  }));
}

function phaseNote(phase: Phase, facts: RunFacts): string {
  switch (phase) {
    case 'backup': {
      if (facts.point === null) return '';
      if (facts.point.state === 'writing') return 'not finished';
      const saved = facts.items.filter(({ item }) => item.file !== null);
      if (saved.length === 0) return 'nothing was there to save';
      return `${bytes(saved.reduce((sum, { item }) => sum + item.bytes, 0))}, verified`;
    }
    case 'dry_run':
      return facts.dryRun?.state === 'done' ? setAsideForecast(facts) : '';
    case 'execute':
      return `${counted(facts.counts.accepted, 'record')} accepted`;
    case 'validate':
      return facts.validation?.passed == null ? '' : facts.validation.passed ? 'passed' : 'not passed';
    default:
      return '';
  }
}

function setAsideForecast({ dryRun }: RunFacts): string {
  if (dryRun === null) return '';
  const expected = dryRun.steps.reduce((sum, step) => sum + step.setAside, 0);
  return dryRun.sampled === null
    ? `${figure(expected)} set aside forecast`
    : `${counted(dryRun.sampled, 'record')} a step`;
}

/** What cleaning up removes, as far as it is there; after a clean-up, what that kept. */
async function leftovers(context: EngineContext, facts: RunFacts): Promise<FinishView['cleanup']> {
  const { environment, journal } = context;
  const left: FinishView['cleanup'] = [];
  const scratch = join(environment.paths.scratch, facts.run.id);
  const scratchBytes = await folderBytes(environment.fs, scratch);
  if (scratchBytes > 0) left.push({ what: 'Scratch files', bytes: scratchBytes, object: scratch });
  const wrote = facts.phases.some((phase) => phase.phase === 'execute' && phase.result !== 'refused');
  if (wrote && facts.run.cleaned_at === null) {
    left.push({ what: 'Tables of Overland in the target', bytes: null, object: `overland_... in ${facts.target}` });
  }
  for (const point of journal.points.ofRun(facts.run.id)) {
    if (point.state === 'expired' || !(await environment.fs.exists(point.location))) continue;
    left.push({
      what: 'Rollback point',
      bytes: await folderBytes(environment.fs, point.location),
      object: point.location,
    });
  }
  return left;
}
