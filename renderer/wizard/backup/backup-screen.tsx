import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BackupView } from '#shared/contract/backup.ts';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { CallError } from '../shared/call-error.tsx';
import { Reading } from '../shared/reading.tsx';
import { useAction } from '../shared/use-action.ts';
import { useRefresh } from '../shared/use-refresh.ts';
import { type Run, useRun } from '../shared/use-run.ts';
import { BackupItems } from './backup-items.tsx';
import { backupNext } from './backup-next.ts';
import { BackupSpace } from './backup-space.tsx';
import { backupMode, backupWords } from './backup-words.ts';
import { CancelBackupDialog } from './cancel-backup-dialog.tsx';

const question = 'Can the old state be brought back?';

/** Backup: what is saved, how it was verified, and what it does not cover. */
export function BackupScreen() {
  const run = useRun();
  const { query } = useRpc();
  const backup = useQuery(query.backup.get.queryOptions({ input: { runId: run.runId } }));
  const active = run.snapshot?.phase === 'backup' && run.snapshot.condition !== 'done';
  useRefresh(run.snapshot?.seq, active, backup.refetch);
  if (!backup.data) {
    return (
      <Reading
        question={question}
        title="Reading the rollback point"
        error={backup.error ?? run.error}
        onRetry={() => void backup.refetch()}
      />
    );
  }
  return <BackupContent run={run} view={backup.data} onRead={() => void backup.refetch()} />;
}

type Props = { readonly run: Run; readonly view: BackupView; readonly onRead: () => void };

function BackupContent({ run, view, onRead }: Props) {
  const { runId, snapshot } = run;
  const { query } = useRpc();
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const info = useQuery(query.system.info.queryOptions());
  const start = useAction((api) => api.run.backup({ runId }));
  const dryRun = useAction(
    (api) => api.run.dryRun({ runId, sample: null }),
    () => navigate(runHref(runId, 'dry-run')),
  );
  const recheck = useAction((api) => api.run.recheck({ runId }), onRead);
  const open = useAction((api, path: string) => api.system.openFolder({ path }));
  const mode = backupMode(view, snapshot);
  const words = backupWords(mode, view, snapshot, format);
  const saved = mode === 'verified' || mode === 'used';
  return (
    <Screen
      question={question}
      title={words.title}
      lead={words.lead}
      back={{ label: 'Back to plan', href: runHref(runId, 'plan') }}
      extra={
        mode === 'running' ? (
          <Button variant="danger" onClick={() => setAsking(true)}>
            Cancel backup…
          </Button>
        ) : saved && info.data?.can.openFolders ? (
          <Button variant="quiet" onClick={() => open.run(view.location)}>
            Open folder
          </Button>
        ) : null
      }
      next={backupNext({ mode, view, run, format, start, dryRun, recheck })}
    >
      {mode === 'no_space' ? <NoSpace view={view} /> : null}
      {mode === 'failed' && snapshot?.failure?.advice ? (
        <Note severity="error" title="What can be done">
          {snapshot.failure.advice}
        </Note>
      ) : null}
      <CallError error={start.error ?? dryRun.error ?? recheck.error ?? open.error} />
      <BackupItems view={view} />
      <div
        className="g2"
        style={{ gridTemplateColumns: view.notCovered.length > 0 ? '1fr 1fr' : '1fr', alignItems: 'start' }}
      >
        <BackupSpace view={view} />
        {view.notCovered.length > 0 ? <NotCovered view={view} /> : null}
      </div>
      <CancelBackupDialog
        runId={runId}
        view={view}
        opened={asking && mode === 'running'}
        onClose={() => setAsking(false)}
      />
    </Screen>
  );
}

function NoSpace({ view }: { view: BackupView }) {
  const format = useFormat();
  const missing = view.freeBytes === null ? null : view.neededBytes - view.freeBytes;
  return (
    <Note
      severity="error"
      title={
        missing === null
          ? `Not enough space in ${format.path(view.location)}`
          : `${format.bytes(missing)} are missing in ${format.path(view.location)}`
      }
      actions={
        <Button component="a" href="#/settings">
          Choose another folder…
        </Button>
      }
    >
      Free space on this disk and check again, or choose another folder for rollback points in Settings.
    </Note>
  );
}

function NotCovered({ view }: { view: BackupView }) {
  return (
    <Panel title="What this does not cover">
      <ul className="col" style={{ gap: 6 }}>
        {view.notCovered.map((finding) => (
          <li key={`${finding.category} ${finding.path} ${finding.message}`} className="row t">
            <SeverityIcon severity={finding.severity} />
            <span>
              <span className="vh">{severityWord[finding.severity]}: </span>
              {finding.message}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
