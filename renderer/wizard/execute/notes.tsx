import { Button } from '@mantine/core';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { TryNow } from '../../app/try-now.tsx';
import { Note } from '../../ui/note.tsx';
import type { ExecuteMode } from './mode.ts';

type Props = { readonly mode: ExecuteMode; readonly snapshot: RunSnapshot; readonly attempt: number };

/** What the operator must know beyond the heading: what is so, what it means, what can be done. */
export function ExecuteNotes({ mode, snapshot, attempt }: Props) {
  const { reconciled, failure, criterion, aboutToStop, runId } = snapshot;
  return (
    <>
      {mode === 'recovered' && reconciled ? (
        <Note severity="ok" title={reconciled.words} role="status">
          {reconciled.undone ?? 'No chunk was open.'} No row is doubled or missing.
        </Note>
      ) : null}
      {mode === 'lost' ? (
        <Note
          severity="error"
          title={`The engine does not answer. It is being reached again${attempt > 0 ? `, try ${attempt}` : ''}`}
          actions={<TryNow />}
        >
          What was committed stays committed. When it answers, it compares journal and target and shows what it found.
        </Note>
      ) : null}
      {mode === 'interrupted' ? (
        <Note severity="error" title="The engine that wrote this run ended unexpectedly">
          Resume compares journal and target first and goes on after the last chunk that is committed. No row is doubled
          or missing.
        </Note>
      ) : null}
      {mode === 'about_to_stop' && aboutToStop ? (
        <Note
          severity="error"
          title={aboutToStop.reason}
          actions={
            <Button component="a" href={runHref(runId, 'quarantine')}>
              Show records
            </Button>
          }
        >
          Pause to change the rule, replay what is set aside and resume.
        </Note>
      ) : null}
      {mode === 'failed' && failure?.advice && failure.message !== criterion?.words ? (
        <Note severity="error" title="What can be done">
          {failure.advice}
        </Note>
      ) : null}
      {criterion ? (
        <Note
          severity="warning"
          title={criterion.words}
          actions={
            <Button component="a" href={runHref(runId, 'rollback')}>
              Preview the rollback
            </Button>
          }
        >
          The rollback is proposed, not started.
        </Note>
      ) : null}
    </>
  );
}
