import { Button } from '@mantine/core';
import { runHref } from '../../app/routes.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';

export type Replay = { readonly childRunId: string; readonly replayed: number; readonly stayed: number };

/** What a replay did. */
export function ReplayNote({ replay, target }: { replay: Replay; target: string }) {
  const format = useFormat();
  return (
    <Note
      severity={replay.replayed > 0 ? 'ok' : 'warning'}
      title={`${format.count(replay.replayed, 'record')} ${replay.replayed === 1 ? 'was' : 'were'} replayed; ${format.number(replay.stayed)} stay here`}
      role="status"
      actions={
        <Button component="a" href={runHref(replay.childRunId, 'finish')}>
          Look at the replay
        </Button>
      }
    >
      {replay.replayed > 0 ? `They are in ${target} now.` : `Nothing was written to ${target}.`} The replay is run{' '}
      <code>{replay.childRunId}</code>.
    </Note>
  );
}
