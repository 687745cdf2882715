import { Button } from '@mantine/core';
import type { RunRow } from '#shared/contract/history.ts';
import { runHref } from '../../app/routes.ts';
import { runWords } from '../../history/run-words.ts';
import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';

/** The run that waits: where it stands, what is committed, and whose lock it was. */
export function OpenRunNote({ run }: { run: RunRow }) {
  const format = useFormat();
  const { snapshot } = useRunSnapshot(run.runId);
  const interrupted = snapshot?.interrupted;
  const canRollBack = run.phase === 'execute' || run.phase === 'validate' || run.phase === 'rollback';
  const step = snapshot?.steps.find((one) => one.id === interrupted?.step);
  const where = step ? ` in step ${step.ord} of ${snapshot?.steps.length}, ${step.id}` : '';
  const title =
    run.interrupted && interrupted
      ? `Run ${run.runId} stopped at ${format.timeSeconds(interrupted.at)}${where}`
      : `Run ${run.runId} of ${run.bundleId}: ${runWords(run).word}`;
  return (
    <Note
      severity={run.interrupted || run.condition === 'failed' ? 'warning' : 'run'}
      title={title}
      actions={
        <>
          <Button component="a" href={runHref(run.runId, 'history', 'report')}>
            Report so far
          </Button>
          {canRollBack ? (
            <Button component="a" href={runHref(run.runId, 'rollback')}>
              Preview rollback...
            </Button>
          ) : null}
        </>
      }
    >
      {step?.total != null && !interrupted && snapshot?.phase === 'execute' ? (
        <>
          {format.number(step.done)} of {format.count(step.total, step.unit.replace(/s$/, ''), step.unit)} of {step.id}{' '}
          are committed at the target or set aside.
          <br />
        </>
      ) : null}
      {interrupted?.words ?? `Started ${format.dateTime(run.startedAt)} by ${run.person}.`}
    </Note>
  );
}
