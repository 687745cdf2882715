import { Suspense, useState } from 'react';
import { useConnectionState } from '../rpc/rpc-context.tsx';
import { useRunInvalidation } from '../rpc/use-run-snapshot.ts';
import { Screen } from '../ui/screen.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { EngineNotice } from './engine-notice.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { useRoute } from './route-context.tsx';
import { screens } from './screens.tsx';
import { useDocumentTitle } from './use-document-title.ts';
import { useKeyboard } from './use-keyboard.ts';
import { useSettings } from './use-settings.ts';

/** Header, rail and the screen that the address names. */
export function Shell({ dark }: { dark: boolean }) {
  const route = useRoute();
  const { save } = useSettings();
  const connection = useConnectionState();
  const [palette, setPalette] = useState(false);
  const toggleTheme = () => save({ theme: dark ? 'light' : 'dark' });
  useKeyboard({ route, toggleTheme, togglePalette: () => setPalette((open) => !open) });
  useDocumentTitle(route);
  const { place, screen } = route;
  const Content = screens[screen];
  const key = `${screen} ${place.kind === 'run' ? place.runId : place.kind === 'bundle' ? place.path : ''}`;
  return (
    <div className="frame">
      {place.kind === 'run' ? <RunInvalidation runId={place.runId} /> : null}
      <Header route={route} dark={dark} onToggleTheme={toggleTheme} />
      <Rail route={route} />
      <div className="content">
        {/* Execute and its neighbours say it in their own words, with what is last known. */}
        {connection.kind === 'lost' && screen !== 'execute' ? <EngineNotice state={connection} /> : null}
        <ErrorBoundary resetKey={`${key} ${route.variant}`}>
          {/* The key: a screen that is left goes at once, instead of staying hidden until the next is loaded, primary button and all. */}
          <Suspense key={key} fallback={<Loading />}>
            <Content />
          </Suspense>
        </ErrorBoundary>
      </div>
      <Palette route={route} opened={palette} onClose={() => setPalette(false)} />
    </div>
  );
}

function RunInvalidation({ runId }: { runId: string }) {
  useRunInvalidation(runId);
  return null;
}

function Loading() {
  return (
    <Screen question="One moment" title="The screen is being read" busy>
      <SkeletonRows />
    </Screen>
  );
}
