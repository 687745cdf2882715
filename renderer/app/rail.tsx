import { IconArrowBackUp, IconHistory, IconHome, IconInbox, IconSettings } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useRunSnapshot } from '../rpc/use-run-snapshot.ts';
import { type State, StateIcon, stateWord } from '../ui/state-icon.tsx';
import { useRovingList } from '../ui/use-roving-list.ts';
import { screenOfRail, screenTitles } from './phase-names.ts';
import { homeHref, type PhaseScreen, phaseScreens, placeHref, type Route, type ScreenName } from './routes.ts';
import { useBundleRail } from './use-bundle-rail.ts';

type PhaseLine = { screen: PhaseScreen; state: State; fact: string };

/** The way through a migration. Arrow keys move along it. */
export function Rail({ route }: { route: Route }) {
  const list = useRovingList<HTMLElement>();
  const { place } = route;
  return (
    <nav className="rail" aria-label="Migration" ref={list.ref} onKeyDown={list.onKeyDown}>
      <Link route={route} screen="home" href={homeHref} icon={<IconHome size={16} stroke={1.75} aria-hidden />} />
      {place.kind === 'run' ? <RunPhases route={route} runId={place.runId} /> : null}
      {place.kind === 'bundle' ? <BundlePhases route={route} path={place.path} /> : null}
      {place.kind === 'none' ? null : <div style={{ flex: 1 }} />}
      <Link route={route} screen="history" icon={<IconHistory size={16} stroke={1.75} aria-hidden />} />
      <Link route={route} screen="settings" icon={<IconSettings size={16} stroke={1.75} aria-hidden />} />
    </nav>
  );
}

function RunPhases({ route, runId }: { route: Route; runId: string }) {
  const { snapshot } = useRunSnapshot(runId);
  const lines: PhaseLine[] = snapshot
    ? snapshot.rail.map(({ name, state, fact }) => ({ screen: screenOfRail(name), state, fact }))
    : phaseScreens.map((screen) => ({ screen, state: 'pending', fact: '' }));
  return (
    <>
      <Phases route={route} lines={lines} />
      <hr />
      <Link route={route} screen="quarantine" icon={<IconInbox size={16} stroke={1.75} aria-hidden />} />
      <Link route={route} screen="rollback" icon={<IconArrowBackUp size={16} stroke={1.75} aria-hidden />} />
    </>
  );
}

function BundlePhases({ route, path }: { route: Route; path: string }) {
  const known = useBundleRail(path);
  const lines = phaseScreens.map((screen): PhaseLine => {
    if (screen === 'profile') return { screen, ...known.profile };
    if (screen === 'connections') return { screen, ...known.connections };
    return { screen, state: 'pending', fact: '' };
  });
  return <Phases route={route} lines={lines} />;
}

function Phases({ route, lines }: { route: Route; lines: readonly PhaseLine[] }) {
  return (
    <>
      <hr />
      <h2 id="phases">This migration</h2>
      <ol aria-labelledby="phases">
        {lines.map((line) => (
          <li key={line.screen}>
            <Phase route={route} line={line} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Phase({ route, line }: { route: Route; line: PhaseLine }) {
  const { screen, state, fact } = line;
  const href = placeHref(route.place, screen);
  const content = (
    <>
      <span className="ic">
        <StateIcon state={state} />
      </span>
      <span className="label">{screenTitles[screen]}</span>
      <span className="vh">, {stateWord[state]}</span>
      {fact ? <span className="s">{fact}</span> : null}
    </>
  );
  if (!href) return <span className="ri todo">{content}</span>;
  return (
    <a
      className={`ri ${state === 'pending' ? 'todo' : ''}`}
      href={href}
      data-row
      aria-current={route.screen === screen ? 'step' : undefined}
      title={screenTitles[screen]}
    >
      {content}
    </a>
  );
}

function Link(props: { route: Route; screen: ScreenName; icon: ReactNode; href?: string }) {
  const { route, screen, icon } = props;
  const href = props.href ?? placeHref(route.place, screen) ?? homeHref;
  return (
    <a
      className="ri one"
      href={href}
      data-row
      aria-current={route.screen === screen ? 'page' : undefined}
      title={screenTitles[screen]}
    >
      <span className="ic">{icon}</span>
      <span className="label">{screenTitles[screen]}</span>
    </a>
  );
}
