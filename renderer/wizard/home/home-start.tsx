import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RunRow } from '#shared/contract/history.ts';
import { homeHref, runHref } from '../../app/routes.ts';
import { screenOfRun } from '../../history/run-words.ts';
import { useBundleDrop } from '../../profiles/use-bundle-drop.ts';
import { usePick } from '../../profiles/use-pick.tsx';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { DropZone } from './drop-zone.tsx';
import { OpenRunNote } from './open-run-note.tsx';
import { PastRuns } from './past-runs.tsx';
import { RecentBundles } from './recent-bundles.tsx';
import { SampleBundles } from './sample-bundles.tsx';
import { useOpenBundle } from './use-open-bundle.ts';

const question = 'Which migration is it?';
const openNote = 'Next: the bundle is read and explained. Nothing is connected yet.';

/** Open runs first, then bundles: dropped, chosen, recent or a sample. `openNow` asks for a folder at once (Ctrl O). */
export function HomeStart({ openNow }: { openNow: boolean }) {
  const { api, query } = useRpc();
  const info = useQuery(query.system.info.queryOptions());
  const recent = useQuery(query.bundle.recent.queryOptions());
  const openRuns = useQuery(
    query.history.list.queryOptions({ input: { search: '', outcome: 'open', offset: 0, limit: 5 } }),
  );
  const past = useQuery(
    query.history.list.queryOptions({ input: { search: '', outcome: 'all', offset: 0, limit: 8 } }),
  );
  const { open, opening, error } = useOpenBundle();
  const { pick, dialog } = usePick();
  const [failure, setFailure] = useState<unknown>(null);
  const over = useBundleDrop({
    api,
    desktop: info.data?.host === 'desktop',
    onPath: (path) => {
      setFailure(null);
      open(path);
    },
    onError: setFailure,
  });
  const choose = useCallback(async () => {
    setFailure(null);
    const path = await pick('bundle', 'Open a bundle');
    if (path) open(path);
  }, [pick, open]);
  const ready = info.isSuccess;
  const asked = useRef(false);
  useEffect(() => {
    if (!openNow) asked.current = false;
    if (!openNow || !ready || asked.current) return;
    asked.current = true;
    history.replaceState(null, '', homeHref);
    dispatchEvent(new HashChangeEvent('hashchange'));
    void choose();
  }, [openNow, ready, choose]);

  const waiting = openRuns.data?.runs.find((run) => run.interrupted) ?? openRuns.data?.runs[0];
  const first = recent.data?.length === 0 && past.data?.total === 0;
  return (
    <Screen
      question={question}
      title={heading(waiting, openRuns.data?.total ?? 0, first)}
      lead={
        first
          ? 'A bundle is a folder with profile.toml, written and reviewed by the team whose application moves. Opening one changes nothing.'
          : undefined
      }
      next={
        waiting ? continueWith(waiting) : { label: 'Open a bundle...', note: openNote, onClick: choose, busy: opening }
      }
    >
      <CallError error={error ?? failure} />
      {waiting ? <OpenRunNote run={waiting} /> : null}
      <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 372px' }}>
        <div className="col g16">
          <DropZone over={over} opening={opening} onChoose={choose} />
          <RecentBundles recent={recent.data} onOpen={open} />
        </div>
        <SampleBundles pick={pick} onOpen={open} />
      </div>
      <PastRuns
        runs={past.data?.runs.filter((run) => run.runId !== waiting?.runId).slice(0, 4)}
        total={past.data?.total}
      />
      {dialog}
    </Screen>
  );
}

function heading(waiting: RunRow | undefined, total: number, first: boolean): string {
  if (!waiting) return first ? 'Open a bundle, or make a sample to try' : 'No run is open. Open a bundle to begin';
  if (total > 1) return `${total} runs are open, the newest of ${waiting.bundleId}`;
  if (waiting.interrupted) return 'One run is waiting to be resumed';
  return waiting.condition === 'running' ? 'One run is under way' : 'One run is open';
}

function continueWith(run: RunRow): NextAction {
  const href = runHref(run.runId, screenOfRun(run));
  if (run.interrupted) {
    return {
      label: 'Go to the interrupted run',
      href,
      note: (
        <>
          Next: the run is shown as it stands.
          <br />
          It waits for you before it writes.
        </>
      ),
    };
  }
  const running = run.condition === 'running';
  return {
    label: running ? 'Watch the run' : 'Go on with the run',
    href,
    note: running
      ? 'Next: its progress is shown. Nothing is started.'
      : 'Next: the run is shown as it stands. Nothing is started.',
  };
}
