import { Button } from '@mantine/core';
import { useState } from 'react';
import type { BundleView } from '#shared/contract/bundle.ts';
import { useRoute } from '../../app/route-context.tsx';
import { homeHref, placeHref, runHref } from '../../app/routes.ts';
import { ProblemsScreen } from '../../profiles/problems-screen.tsx';
import { useMigration } from '../../profiles/use-migration.ts';
import { isOverlandError } from '../../rpc/errors.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Tag } from '../../ui/tag.tsx';
import { Reading } from '../shared/reading.tsx';
import { BundlePanels, NotCarried } from './bundle-panels.tsx';
import { BundleSteps } from './bundle-steps.tsx';
import { SourceDialog } from './source-dialog.tsx';
import { WindowPanel } from './window-panel.tsx';

const question = 'What will this bundle do?';

/** The bundle in plain words: steps, policy, window. Nothing is connected for it. */
export function ProfileScreen() {
  const { bundle, error, reload } = useMigration();
  if (bundle) return <Profile bundle={bundle} />;
  if (isOverlandError(error, 'BUNDLE_INVALID')) {
    return (
      <ProblemsScreen bundle={error.data.bundle} problems={error.data.problems} onReadAgain={reload} reading={false} />
    );
  }
  return <Reading question={question} title="Reading the bundle" error={error} onRetry={reload} />;
}

function Profile({ bundle }: { bundle: BundleView }) {
  const format = useFormat();
  const { place } = useRoute();
  const [source, setSource] = useState(false);
  const endpoints = format.count(bundle.connections.length, 'endpoint');
  return (
    <Screen
      question={question}
      title={bundle.title || `Migrates ${bundle.id}`}
      lead={`${bundle.description} Nothing is connected yet.`.trim()}
      side={<Tag severity="ok">Profile is valid</Tag>}
      back={{ label: 'Home', href: homeHref }}
      extra={
        <Button variant="quiet" onClick={() => setSource(true)}>
          Show profile.toml
        </Button>
      }
      next={{
        label: 'Check the connections',
        href: placeHref(place, 'connections') ?? homeHref,
        note: (
          <>
            Next: {endpoints} {bundle.connections.length === 1 ? 'is' : 'are'} reached and read.
            <br />
            Nothing is changed.
          </>
        ),
      }}
    >
      {bundle.openRun && place.kind === 'bundle' ? <OpenRun runId={bundle.openRun} /> : null}
      <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 400px' }}>
        <div className="col g16">
          <Panel title="In plain words">
            <ol className="col" style={{ gap: 5 }}>
              {bundle.words.map((sentence, index) => (
                <li key={sentence} style={{ display: 'grid', gridTemplateColumns: '18px 1fr', gap: 6 }}>
                  <span className="t3">{index + 1}</span>
                  <span>{sentence}</span>
                </li>
              ))}
            </ol>
          </Panel>
          <BundleSteps steps={bundle.steps} />
          <NotCarried entries={bundle.notCarried} />
        </div>
        <div className="col g16">
          <BundlePanels
            bundle={bundle}
            window={
              place.kind === 'run' ? <WindowPanel runId={place.runId} windowSeconds={bundle.windowSeconds} /> : null
            }
          />
        </div>
      </div>
      <SourceDialog bundle={bundle} opened={source} onClose={() => setSource(false)} />
    </Screen>
  );
}

function OpenRun({ runId }: { runId: string }) {
  return (
    <Note
      severity="run"
      title={`Run ${runId} of this bundle is open`}
      actions={
        <Button component="a" href={runHref(runId, 'plan')}>
          Go to the run
        </Button>
      }
    >
      Going on from here makes another run; the open one stays as it is.
    </Note>
  );
}
