import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { z } from 'zod';
import type { reportFormat } from '#shared/contract/history.ts';
import { plainHref, runHref } from '../app/routes.ts';
import { usePick } from '../profiles/use-pick.tsx';
import { useRpc } from '../rpc/rpc-context.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { Note } from '../ui/note.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { Reading } from '../wizard/shared/reading.tsx';
import { useAction } from '../wizard/shared/use-action.ts';
import { ReportFrame, type ReportFrameHandle, reportSections } from './report-frame.tsx';

type ReportFormat = z.infer<typeof reportFormat>;
const formats: readonly { readonly value: ReportFormat; readonly label: string }[] = [
  { value: 'html', label: 'HTML' },
  { value: 'json', label: 'JSON' },
  { value: 'md', label: 'Markdown' },
];

type Props = {
  readonly runId: string;
  /** Reached from within the run, not from the list. */
  readonly inRun: boolean;
};

/** The report of a run as it is exported, in three formats. */
export function ReportScreen({ runId, inRun }: Props) {
  const { query } = useRpc();
  const format = useFormat();
  const [kind, setKind] = useState<ReportFormat>('html');
  const [saved, setSaved] = useState<{ file: string; bytes: number } | null>(null);
  const { pick, dialog } = usePick();
  const report = useQuery(query.history.report.queryOptions({ input: { runId, format: kind } }));
  const summary = useQuery(query.history.finish.queryOptions({ input: { runId } }));
  const save = useAction((api, folder: string) => api.history.saveReport({ runId, format: kind, folder }), setSaved);
  const chooseFolder = async () => {
    const folder = await pick('folder', 'Folder for the report');
    if (folder) save.run(folder);
  };
  const question = 'What happened in this run?';
  if (!report.data && kind === 'html') {
    return (
      <Reading
        question={question}
        title={`Reading the report of ${runId}`}
        error={report.error}
        onRetry={() => void report.refetch()}
      />
    );
  }
  const bytes = report.data ? new Blob([report.data.text]).size : 0;
  return (
    <Screen
      question={question}
      title={
        <>
          Report of <span style={{ fontWeight: 500 }}>{runId}</span>
        </>
      }
      lead="As it is exported. It names what was done, what was set aside, and what is still open."
      side={
        <SegmentedControl
          aria-label="Format"
          value={kind}
          onChange={(value) => setKind(formats.find((known) => known.value === value)?.value ?? 'html')}
          data={[...formats]}
        />
      }
      back={
        inRun
          ? { label: 'Back to the outcome', href: runHref(runId, 'finish') }
          : { label: 'All runs', href: plainHref('history') }
      }
      extra={
        <>
          {inRun ? null : (
            <Button component="a" href={runHref(runId, 'finish')}>
              Open the run
            </Button>
          )}
          {summary.data ? (
            <CopyButton label="Copy the summary" text={`${summary.data.title}\n${summary.data.lead}`} />
          ) : null}
        </>
      }
      next={{
        label: 'Save report…',
        busy: save.busy,
        disabled: !report.data,
        onClick: () => void chooseFolder(),
        note: report.data
          ? `Next: choose a folder. ${format.bytes(bytes)}, no secrets inside. SHA-256 is written beside it.`
          : 'Waits for: the report',
      }}
    >
      {saved ? (
        <Note severity="ok" role="status" title={`Saved: ${saved.file}`}>
          {format.bytes(saved.bytes)}; its SHA-256 stands beside it.
        </Note>
      ) : null}
      <CallError error={save.error ?? report.error} />
      {report.data ? <ReportBody kind={kind} text={report.data.text} runId={runId} /> : null}
      {dialog}
    </Screen>
  );
}

function ReportBody({ kind, text, runId }: { kind: ReportFormat; text: string; runId: string }) {
  const frame = useRef<ReportFrameHandle>(null);
  const sections = useMemo(() => (kind === 'html' ? reportSections(text) : []), [kind, text]);
  if (kind !== 'html') {
    return (
      <section className="scroll grow" aria-label={`Report of ${runId}`} tabIndex={0} style={{ minHeight: 240 }}>
        <pre className="code" tabIndex={0}>
          {text}
        </pre>
      </section>
    );
  }
  return (
    <div className="g2" style={{ gridTemplateColumns: '190px minmax(0,1fr)', flex: 1, minHeight: 320 }}>
      <nav aria-label="Sections of the report">
        <ul className="col" style={{ gap: 0 }}>
          {sections.map((section, index) => (
            <li key={section}>
              <button
                type="button"
                className="ri one"
                style={{ gridTemplateColumns: '1fr', padding: '5px 8px' }}
                onClick={() => frame.current?.show(index)}
              >
                {section}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <Panel padded={false} label="Report">
        <ReportFrame ref={frame} html={text} title={`Report of ${runId}`} />
      </Panel>
    </div>
  );
}
