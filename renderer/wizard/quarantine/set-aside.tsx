import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { runHref } from '../../app/routes.ts';
import { usePick } from '../../profiles/use-pick.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { isAtWork } from '../shared/at-work.ts';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import type { Reason, Summary } from './quarantine-types.ts';
import { ReasonList } from './reason-list.tsx';
import { RecordList } from './record-list.tsx';
import { RecordPanel } from './record-panel.tsx';
import { type Replay, ReplayNote } from './replay-note.tsx';
import { type Draft, RuleEditor } from './rule-editor.tsx';
import { WaiveDialog } from './waive-dialog.tsx';

type Props = { readonly run: Run; readonly summary: Summary };

const untouched: Draft = { changes: [], tested: null };

/** The three columns: reasons, records of one, the record with its rules. */
export function SetAside({ run, summary }: Props) {
  const { runId } = run;
  const format = useFormat();
  const [at, setAt] = useState(0);
  const [recordId, setRecordId] = useState<number | null>(null);
  const [draft, setDraft] = useState<Draft>(untouched);
  const [done, setDone] = useState<Replay | null>(null);
  const [waiving, setWaiving] = useState(false);
  const [exported, setExported] = useState<{ file: string; records: number } | null>(null);
  const { pick, dialog } = usePick();
  const reason = summary.reasons[Math.min(at, summary.reasons.length - 1)] as Reason;
  const replay = useAction(
    (api) => api.quarantine.replay({ runId, step: reason.step, code: reason.code, changes: [...draft.changes] }),
    (result) => {
      setDone(result);
      setDraft(untouched);
    },
  );
  const save = useAction(
    (api, file: string) => api.quarantine.export({ runId, step: reason.step, code: reason.code, file }),
    setExported,
  );
  const exportTo = async () => {
    const folder = await pick('folder', 'Folder for the records');
    if (folder) save.run(`${folder.replace(/[\\/]$/, '')}/${runId}-${reason.step}-${reason.code}.jsonl`);
  };
  const choose = (index: number) => {
    setAt(index);
    setRecordId(null);
    setDraft(untouched);
    setDone(null);
  };
  return (
    <Screen
      question="What was set aside, and why?"
      title={title(summary, run.target, format)}
      // Items of a record that was written count as well, so that the figure above is no part of this one.
      lead={`${format.count(summary.read, 'record')} were read. Each that is set aside is kept whole, with its key and the reason, until you clean up the run.`}
      back={{ label: 'Back to the outcome', href: runHref(runId, 'finish') }}
      extra={
        <>
          <Button
            leftSection={<IconDownload size={15} aria-hidden />}
            disabled={save.busy || run.lost}
            onClick={() => void exportTo()}
          >
            Export {format.number(reason.count)}…
          </Button>
          <Button variant="danger" disabled={recordId === null || run.lost} onClick={() => setWaiving(true)}>
            Waive this record…
          </Button>
        </>
      }
      next={replayAction(reason, draft, run, replay, format)}
    >
      {done ? <ReplayNote replay={done} target={run.target} /> : null}
      {exported ? (
        <Note
          severity="ok"
          role="status"
          title={`${format.count(exported.records, 'record')} written to ${exported.file}`}
        >
          They are production data: only you can read the file.
        </Note>
      ) : null}
      <CallError error={replay.error ?? save.error} />
      <div className="g2 fill" style={{ gridTemplateColumns: '258px minmax(0,1fr) 330px' }}>
        <ReasonList summary={summary} chosen={at} onChoose={choose} />
        <RecordList key={`${reason.step} ${reason.code}`} runId={runId} reason={reason} onChoose={setRecordId} />
        <div className="col" style={{ gap: 12, minHeight: 0, overflow: 'auto' }}>
          <RecordPanel runId={runId} id={recordId} />
          <RuleEditor
            key={`${reason.step} ${reason.code}`}
            runId={runId}
            recordId={recordId}
            reason={reason}
            draft={draft}
            onDraft={setDraft}
          />
        </div>
      </div>
      <WaiveDialog runId={runId} id={recordId} opened={waiving} onClose={() => setWaiving(false)} />
      {dialog}
    </Screen>
  );
}

function title(summary: Summary, target: string, format: Format): string {
  const reasons = format.count(summary.reasons.length, 'reason');
  const of = `${format.number(summary.total)} set aside, for ${reasons}`;
  if (summary.open === summary.total) return `${of}. None is in ${target} yet`;
  return summary.open === 0
    ? `${of}. All are replayed or waived`
    : `${of}. ${format.number(summary.open)} are still open`;
}

function replayAction(
  reason: Reason,
  draft: Draft,
  run: Run,
  replay: { run: () => void; busy: boolean },
  format: Format,
): NextAction {
  const label = `Replay ${format.count(reason.open, 'record')}`;
  if (run.lost) return { label, disabled: true, note: 'Waits for: the engine' };
  if (reason.open === 0) return { label, disabled: true, note: 'Waits for: a reason with open records' };
  if (run.snapshot && isAtWork(run.snapshot))
    return { label, disabled: true, note: 'Waits for: the run to pause or end' };
  const { tested } = draft;
  if (draft.changes.length > 0 && !tested)
    return { label, disabled: true, note: 'Waits for: a test of the changed rule' };
  if (tested?.error) return { label, disabled: true, note: 'Waits for: a rule without errors' };
  return {
    label,
    onClick: replay.run,
    busy: replay.busy,
    note: tested
      ? `Next: ${format.number(tested.pass)} ${tested.pass === 1 ? 'is' : 'are'} written to ${run.target}, ${format.number(tested.stay)} ${tested.stay === 1 ? 'stays' : 'stay'} here. Keys already written are not written twice.`
      : `Next: they are tried again with the rules as they are. Keys already written are not written twice.`,
  };
}
