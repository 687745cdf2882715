import { ActionIcon, Tooltip } from '@mantine/core';
import { IconKeyboard, IconMoon, IconRoute2, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMigration } from '../profiles/use-migration.ts';
import type { ConnectionState } from '../rpc/connection.ts';
import { useConnectionState } from '../rpc/rpc-context.tsx';
import { MiddleEllipsis } from '../ui/middle-ellipsis.tsx';
import { navigate } from '../ui/navigate.ts';
import { homeHref, placeHref, plainHref, type Route } from './routes.ts';
import { WindowCountdown } from './window-countdown.tsx';

type Props = { route: Route; dark: boolean; onToggleTheme: () => void };

/** What is migrated, where to, under which run, and whether the engine is there. Never scrolls. */
export function Header({ route, dark, onToggleTheme }: Props) {
  const connection = useConnectionState();
  const inside = route.place.kind !== 'none';
  const keys = placeHref(route.place, 'settings', 'keys') ?? plainHref('settings', 'keys');
  return (
    <header className="head">
      <a className="brand" href={homeHref} style={{ textDecoration: 'none' }} title="Home">
        <IconRoute2 size={18} stroke={2} color="var(--accent)" aria-hidden />
        <span className="name">Overland</span>
      </a>
      {inside ? <MigrationCells /> : null}
      <div style={{ flex: 1 }} />
      {inside || connection.kind !== 'connected' ? <EngineCell state={connection} /> : null}
      {route.place.kind === 'run' ? <WindowCountdown runId={route.place.runId} /> : null}
      <div className="row tools" data-inside={inside || undefined}>
        <Tooltip label="Keyboard map (?)">
          <ActionIcon aria-label="Keyboard map" onClick={() => navigate(keys)}>
            <IconKeyboard size={17} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Light or dark (Ctrl Shift L)">
          <ActionIcon aria-label={dark ? 'Use the light theme' : 'Use the dark theme'} onClick={onToggleTheme}>
            {dark ? <IconSun size={17} stroke={1.75} /> : <IconMoon size={17} stroke={1.75} />}
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

function MigrationCells() {
  const { bundle, header, runId } = useMigration();
  const id = header?.bundleId ?? bundle?.id;
  const version = header?.bundleVersion ?? bundle?.version;
  const writes = bundle?.connections.find((connection) => connection.access === 'write');
  const target = header?.target ?? (writes?.fields.path ? fileName(writes.fields.path) : writes?.where);
  return (
    <>
      {id ? (
        <Cell name="Bundle" style={{ flex: '0 1 260px' }}>
          <MiddleEllipsis text={id} tail={8} />
          <span className="t3" style={{ fontWeight: 400 }}>
            {version}
          </span>
        </Cell>
      ) : null}
      {target ? (
        <Cell name="Target" className="optional" style={{ flex: '0 1 200px' }}>
          <MiddleEllipsis text={target} tail={12} />
        </Cell>
      ) : null}
      {runId ? (
        <Cell name="Run" className="narrow-off" style={{ flex: 'none' }}>
          <code style={{ fontWeight: 400 }}>{runId}</code>
        </Cell>
      ) : null}
    </>
  );
}

/** As a person names a file; the whole path is on the Connections screen. */
function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}

function EngineCell({ state }: { state: ConnectionState }) {
  const words = {
    connecting: 'Connecting',
    connected: 'Connected',
    lost: state.kind === 'lost' && state.attempt > 0 ? `Reconnecting, try ${state.attempt}` : 'Reconnecting',
  }[state.kind];
  return (
    <Cell name="Engine" style={{ flex: 'none' }} tone={state.kind === 'lost' ? 'err' : undefined}>
      {words}
    </Cell>
  );
}

type CellProps = {
  name: string;
  children: ReactNode;
  className?: string;
  style?: React.CSSProperties;
  tone?: 'err' | undefined;
};

function Cell({ name, children, className = '', style, tone = undefined }: CellProps) {
  return (
    <div className={`hcell ${className}`} style={style}>
      <span className="k">{name}</span>
      <span className={`v ${tone ?? ''}`}>{children}</span>
    </div>
  );
}
