import { Button } from '@mantine/core';
import type { BackupView } from '#shared/contract/backup.ts';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Props = {
  readonly runId: string;
  readonly view: BackupView;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Asks before a backup is cancelled. What was saved so far is of no use and is deleted. */
export function CancelBackupDialog({ runId, view, opened, onClose }: Props) {
  const format = useFormat();
  const cancel = useAction((api) => api.run.cancel({ runId }), onClose);
  const written = view.items.reduce((sum, item) => sum + item.doneBytes, 0);
  return (
    <Dialog opened={opened} onClose={onClose} label="Cancel this backup?">
      <p className="t2">
        {format.bytes(written)} are saved so far; an unfinished rollback point is of no use and is deleted. The sources
        and the target were not changed. Execution stays closed until a verified backup exists.
      </p>
      <CallError error={cancel.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep saving
        </Button>
        <Button variant="dangerFill" disabled={cancel.busy} onClick={() => cancel.run()}>
          Cancel backup, delete {format.bytes(written)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
