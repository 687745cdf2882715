import { useState } from 'react';
import type { Severity } from '#shared/model/run.ts';
import { usePick } from '../../profiles/use-pick.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Props = {
  readonly runId: string;
  readonly severity: Severity | null;
  readonly search: string;
  /** How many the filter shows. */
  readonly total: number;
};

type Format = 'csv' | 'jsonl';

/** Foot of the list: how many are shown, and a way to take exactly these along. */
export function ExportIssues({ runId, severity, search, total }: Props) {
  const format = useFormat();
  const { pick, dialog } = usePick();
  const [written, setWritten] = useState<{ file: string; issues: number } | null>(null);
  const save = useAction(
    (api, to: { file: string; format: Format }) => api.validation.export({ runId, severity, search, ...to }),
    setWritten,
  );
  const exportAs = async (as: Format) => {
    const folder = await pick('folder', 'Folder for the issues');
    if (folder) save.run({ file: `${folder.replace(/[\\/]$/, '')}/issues-${runId}.${as}`, format: as });
  };
  return (
    <>
      <span className="row wrap" style={{ justifyContent: 'space-between' }}>
        <span className="t3">{format.number(total)} shown, ordered by severity, step and key</span>
        {total > 0 ? (
          <span className="row" style={{ gap: 12 }}>
            <button type="button" className="link c12" disabled={save.busy} onClick={() => void exportAs('csv')}>
              Export as CSV…
            </button>
            <button type="button" className="link c12" disabled={save.busy} onClick={() => void exportAs('jsonl')}>
              as JSON…
            </button>
          </span>
        ) : null}
      </span>
      {written ? (
        <p role="status" className="t2">
          {format.count(written.issues, 'issue')} written to {written.file}. Only you can read the file.
        </p>
      ) : null}
      <CallError error={save.error} />
      {dialog}
    </>
  );
}
