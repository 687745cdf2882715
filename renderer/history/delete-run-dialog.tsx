import { Button } from '@mantine/core';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { useAction } from '../wizard/shared/use-action.ts';
import { type RunRow, runWords } from './run-words.ts';

type Props = { readonly run: RunRow; readonly opened: boolean; readonly onClose: () => void };

/** Asks before a run is deleted from the journal. The engine refuses while its old state can still be brought back. */
export function DeleteRunDialog({ run, opened, onClose }: Props) {
  const format = useFormat();
  const remove = useAction((api) => api.history.remove({ runId: run.runId }), onClose);
  return (
    <Dialog opened={opened} onClose={onClose} label="Delete this run and its journal?">
      <p className="t2">
        <code>{run.runId}</code>, {run.bundleId}, {format.dateTime(run.startedAt)}: {runWords(run).word}. Its events,
        its report and its {format.count(run.setAside, 'record')} in quarantine are deleted for good. Nothing is changed
        at a source or target. While its rollback point exists this is refused: clean it up first.
      </p>
      <CallError error={remove.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep the run
        </Button>
        <Button variant="dangerFill" disabled={remove.busy} onClick={() => remove.run()}>
          Delete run and its journal
        </Button>
      </DialogActions>
    </Dialog>
  );
}
