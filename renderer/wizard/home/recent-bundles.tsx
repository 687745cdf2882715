import { IconPackage } from '@tabler/icons-react';
import type { z } from 'zod';
import type { recentBundle } from '#shared/contract/bundle.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { Tag } from '../../ui/tag.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import { useAction } from '../shared/use-action.ts';

type RecentBundle = z.infer<typeof recentBundle>;
type Props = { recent: readonly RecentBundle[] | undefined; onOpen: (path: string) => void };

/** Bundles opened on this machine with their last result. Arrow keys move, Enter opens, Ctrl C copies the path. */
export function RecentBundles({ recent, onOpen }: Props) {
  const list = useRovingList<HTMLUListElement>();
  const clear = useAction((api) => api.bundle.forget({ path: null }));
  return (
    <Panel
      title="Recent bundles"
      padded={false}
      busy={!recent}
      right={
        recent?.length ? (
          <button type="button" className="link" onClick={() => clear.run()}>
            Clear list
          </button>
        ) : null
      }
    >
      {recent ? null : <SkeletonRows rows={4} height={45} />}
      {recent?.length === 0 ? (
        <Empty title="No bundle was opened on this machine">
          Bundles that you open are listed here with their last result.
        </Empty>
      ) : null}
      <ul ref={list.ref} onKeyDown={list.onKeyDown}>
        {recent?.slice(0, 6).map((bundle) => (
          <li key={bundle.path}>
            <Row bundle={bundle} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Row({ bundle, onOpen }: { bundle: RecentBundle; onOpen: (path: string) => void }) {
  const format = useFormat();
  return (
    <button
      type="button"
      className="li"
      data-row
      data-copy={bundle.path}
      style={{ gridTemplateColumns: '26px minmax(0,1fr) auto', padding: '4px 14px' }}
      onClick={() => onOpen(bundle.path)}
      disabled={!bundle.exists}
    >
      <span className="clip">
        <IconPackage size={15} stroke={1.75} aria-hidden />
      </span>
      <span style={{ minWidth: 0 }}>
        <span className="row" style={{ gap: 6 }}>
          <span className={`m ${bundle.exists ? '' : 't3'}`} style={{ minWidth: 0 }}>
            <MiddleEllipsis text={bundle.name} tail={10} />
          </span>
          {bundle.version ? <span className="t3 c12">{bundle.version}</span> : null}
        </span>
        <span className="c12 t3" style={{ display: 'flex', minWidth: 0 }}>
          <MiddleEllipsis text={format.path(bundle.path)} tail={24} />
        </span>
      </span>
      <LastOutcome bundle={bundle} />
    </button>
  );
}

function LastOutcome({ bundle }: { bundle: RecentBundle }) {
  if (!bundle.exists) return <span className="c12 t3">Folder not found</span>;
  if (!bundle.lastOutcome) return null;
  if (bundle.lastSeverity === 'warning' || bundle.lastSeverity === 'error') {
    return <Tag severity={bundle.lastSeverity}>{bundle.lastOutcome}</Tag>;
  }
  return <span className="c12 t2">{bundle.lastOutcome}</span>;
}
