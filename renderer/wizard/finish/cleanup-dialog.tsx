import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { FinishView } from '#shared/contract/history.ts';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Props = { readonly finish: FinishView; readonly opened: boolean; readonly onClose: () => void };

/** Asks what a clean-up removes. The rollback point goes only when it is ticked: after that there is no way back. */
export function CleanupDialog({ finish, opened, onClose }: Props) {
  const format = useFormat();
  const [removePoint, setRemovePoint] = useState(false);
  const cleanup = useAction((api) => api.history.cleanup({ runId: finish.runId, removePoint }), onClose);
  const points = finish.cleanup.filter(isPoint);
  const rest = finish.cleanup.filter((entry) => !isPoint(entry));
  const pointBytes = points.reduce((sum, entry) => sum + (entry.bytes ?? 0), 0);
  return (
    <Dialog opened={opened} onClose={onClose} label="Clean up this run?" size={600}>
      <p className="t2" style={{ marginBottom: 10 }}>
        These are removed. The report and the journal are kept.
      </p>
      <Entries entries={removePoint ? finish.cleanup : rest} />
      {points.length > 0 ? (
        <div className="col" style={{ marginTop: 12 }}>
          <Checkbox
            checked={removePoint}
            onChange={(event) => setRemovePoint(event.currentTarget.checked)}
            label={`Delete the rollback point too${pointBytes > 0 ? `, ${format.bytes(pointBytes)}` : ''}`}
          />
          {removePoint ? (
            <Note severity="critical" title="After that the old state cannot be brought back" role="note">
              {points.map((point) => point.object).join(', ')} {points.length === 1 ? 'is' : 'are'} deleted for good.
            </Note>
          ) : null}
        </div>
      ) : null}
      <CallError error={cleanup.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep everything
        </Button>
        <Button variant="dangerFill" disabled={cleanup.busy} onClick={() => cleanup.run()}>
          {removePoint ? 'Clean up, delete the rollback point' : 'Clean up, keep the rollback point'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

type Entry = FinishView['cleanup'][number];

function isPoint(entry: Entry): boolean {
  return entry.what.toLowerCase().includes('rollback point');
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  const format = useFormat();
  return (
    <table className="tbl low">
      <TableHead heads={['What', 'Name', { name: 'Size', numeric: true }]} />
      <tbody>
        {entries.map((entry) => (
          <tr key={`${entry.what} ${entry.object}`}>
            <td>{entry.what}</td>
            <td className="t2" style={{ overflowWrap: 'anywhere' }}>
              {entry.object}
            </td>
            <td className="num">{entry.bytes === null ? '' : format.bytes(entry.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
