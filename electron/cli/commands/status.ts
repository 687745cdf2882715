import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import { duration, figure, setAsideText } from '#shared/model/figures.ts';
import { type Counts, exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { table, utc } from '../format.ts';
import { progressLine } from '../progress.ts';
import { resolveRun } from '../target.ts';

/** As many runs as one call lists. */
const most = 200;

export const registerStatus: Register = (program, run) => {
  program
    .command('status')
    .description('where a run is, or the runs of this machine')
    .argument('[run]', 'id, its beginning, or last')
    .option('--limit <n>', 'how many runs to list', '20')
    .action((text: string | undefined, given: { limit: string }, command) =>
      run(command, (context) =>
        text === undefined
          ? listRuns(context, Math.min(most, Math.max(1, Number(given.limit) || 20)))
          : showRun(context, text),
      ),
    );
};

async function listRuns(context: CommandContext, limit: number): Promise<number> {
  const { services, output } = context;
  const asked = output.json ? limit : most;
  const { total, runs } = await services.history.list({ search: '', outcome: 'all', offset: 0, limit: asked }, {});
  if (!output.json) {
    const replays = new Map<string, number>();
    for (const { parentRun } of runs) if (parentRun !== null) replays.set(parentRun, (replays.get(parentRun) ?? 0) + 1);
    const newest = new Set(replays.keys());
    const columns = ['run', 'bundle', 'started', 'took', 'phase', 'state', 'read', 'entries set aside'].map(
      (title, index) => ({
        title,
        right: index === 6 || index === 7,
      }),
    );
    // One line stands for all replays of a run: there may be dozens, and the run itself must not slip out of the list.
    const listed = runs.filter((one) => one.parentRun === null || newest.delete(one.parentRun)).slice(0, limit);
    const rows = listed.map((one) => [
      one.runId,
      one.parentRun === null ? one.bundleId : replayText(one.parentRun, replays.get(one.parentRun) ?? 1),
      one.startedAt.slice(0, 19).replace('T', ' '),
      one.tookMs === null ? '' : duration(one.tookMs),
      one.phase.replace('_', ' '),
      one.outcome?.replaceAll('_', ' ') ?? (one.interrupted ? 'interrupted' : one.condition),
      figure(one.read),
      figure(one.setAside),
    ]);
    output.say(rows.length === 0 ? 'There is no run yet.' : `${table(columns, rows)}\nTimes are UTC.`);
  }
  return output.answer(exitCodes.completed, { total, runs });
}

async function showRun(context: CommandContext, text: string): Promise<number> {
  const { services, output } = context;
  const runId = await resolveRun(context, text);
  const header = await services.run.header({ runId }, {});
  const snapshot = await services.run.snapshot({ runId }, {});
  const { steps } = await services.history.finish({ runId }, {});
  if (!output.json) {
    output.say(
      `Run ${runId} of ${header.bundleId} ${header.bundleVersion} (${header.bundlePath}), into ${header.target}`,
    );
    output.say(`Started ${utc(header.startedAt)} by ${header.person} on ${header.machine}`);
    const { window } = snapshot;
    if (window?.decideBy) output.say(`Window closes ${utc(window.closes)}; roll back by ${utc(window.decideBy)}`);
    const state = snapshot.interrupted ? 'interrupted' : snapshot.condition;
    output.say(
      `${snapshot.phase.replace('_', ' ')}, ${state}${snapshot.outcome ? `, ${snapshot.outcome.replaceAll('_', ' ')}` : ''}`,
    );
    if (snapshot.interrupted) output.say(snapshot.interrupted.words);
    if (snapshot.failure) output.say(`${snapshot.failure.step ?? 'failed'}: ${snapshot.failure.message}`);
    if (snapshot.condition === 'running' && !snapshot.interrupted) output.say(progressLine(snapshot));
    const next = nextText(snapshot);
    if (next !== null) output.say(next);
    for (const step of snapshot.steps) {
      output.say(
        `  ${stateText(step).padEnd(13)}${step.id}  ${figure(step.done)} ${step.unit}${asideText(step, steps.find((one) => one.id === step.id)?.counts ?? null)}`,
      );
    }
  }
  return output.answer(exitCodes.completed, { header, snapshot });
}

function replayText(parent: string, count: number): string {
  return `replay of ${parent}${count > 1 ? `, newest of ${figure(count)}` : ''}`;
}

/** The same words as in the report: whole records, and rows of accepted ones. Of a step at work only the sum is known. */
function asideText({ setAside }: StepProgress, counts: Counts | null): string {
  if (setAside === 0) return '';
  const rows = Object.values(counts?.outputs ?? {}).reduce((sum, one) => sum + one.rejected, 0);
  const known = counts !== null && counts.rejected + rows === setAside;
  return `, ${known ? setAsideText(counts.rejected, rows) : figure(setAside)} set aside`;
}

function stateText({ state }: StepProgress): string {
  return state === 'lost' ? 'interrupted' : state.replace('_', ' ');
}

/** What can be done with a run that stopped before its phase had ended; null for others. */
function nextText({ runId, phase, condition, interrupted, outcome }: RunSnapshot): string | null {
  const ended = outcome !== null && outcome !== 'failed' && outcome !== 'cancelled';
  if (ended || (interrupted === null && condition !== 'paused' && condition !== 'failed')) return null;
  const back = phase === 'execute' || phase === 'validate' ? `, overland rollback ${runId} takes it back` : '';
  return `overland resume ${runId} goes on${back}.`;
}
