import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { CallError } from '../shared/call-error.tsx';
import type { Action } from '../shared/use-action.ts';
import { resumeLabel } from './words.ts';

type Props = {
  readonly snapshot: RunSnapshot;
  readonly target: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly cancel: Action;
};

/** Asks before a run is cancelled. Focus starts on the button that changes nothing. */
export function CancelDialog({ snapshot, target, opened, onClose, cancel }: Props) {
  const format = useFormat();
  const { query } = useRpc();
  const preview = useQuery({
    ...query.rollback.preview.queryOptions({ input: { runId: snapshot.runId, to: null } }),
    enabled: opened,
  });
  const estimate = preview.data?.estimate;
  return (
    <Dialog opened={opened} onClose={onClose} label="Cancel this run?">
      <p className="t2" style={{ marginBottom: 10 }}>
        Work stops after the chunk that is being written, within 1 s. Then {target} holds part of the new state:
      </p>
      <ul className="col" style={{ gap: 6 }}>
        <li className="row t">
          <SeverityIcon severity="info" />
          {format.count(snapshot.counts.accepted, 'record')} that were written stay until you resume or roll back.
        </li>
        <li className="row t">
          <SeverityIcon severity="warning" />
          The application must not be started against {target} before one of the two.
        </li>
        <li className="row t">
          <SeverityIcon severity="info" />
          {estimate ? `Rollback takes ${format.estimate(estimate)}. ` : 'How long a rollback takes was not measured. '}
          {resumeLabel(snapshot, format)} stays possible.
        </li>
      </ul>
      <CallError error={cancel.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep running
        </Button>
        <Button variant="dangerFill" disabled={cancel.busy} onClick={() => cancel.run()}>
          Cancel run, keep what is written
        </Button>
      </DialogActions>
    </Dialog>
  );
}
