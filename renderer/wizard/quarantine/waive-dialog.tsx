import { Button } from '@mantine/core';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Props = {
  readonly runId: string;
  readonly id: number | null;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Asks before a record is waived: it stays out of the target, and the report names who decided so. */
export function WaiveDialog({ runId, id, opened, onClose }: Props) {
  const waive = useAction((api) => api.quarantine.waive({ runId, ids: id === null ? [] : [id] }), onClose);
  return (
    <Dialog opened={opened && id !== null} onClose={onClose} label="Waive this record?">
      <p className="t2">
        It stays out of the target and is no longer replayed. The record itself is kept, and the report names you and
        the time.
      </p>
      <CallError error={waive.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep it open
        </Button>
        <Button variant="dangerFill" disabled={waive.busy} onClick={() => waive.run()}>
          Waive the record
        </Button>
      </DialogActions>
    </Dialog>
  );
}
