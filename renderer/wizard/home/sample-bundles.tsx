import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Pick } from '../../profiles/use-pick.tsx';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import { CallError } from '../shared/call-error.tsx';
import { SampleDialog } from './sample-dialog.tsx';

/** Bundles that ship with Overland; each can generate the legacy data it migrates. */
export function SampleBundles({ pick, onOpen }: { pick: Pick; onOpen: (path: string) => void }) {
  const { query } = useRpc();
  const list = useRovingList<HTMLUListElement>();
  const templates = useQuery(query.bundle.templates.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const [name, setName] = useState<string | null>(null);
  const template = templates.data?.find((one) => one.name === name);
  return (
    <Panel
      title="Sample bundles"
      padded={false}
      right="with generated data"
      foot="Copied to a folder of your choice, with legacy data."
      style={{ alignSelf: 'start' }}
      busy={templates.isPending}
    >
      {templates.isPending ? <SkeletonRows rows={2} height={46} /> : null}
      <CallError error={templates.error} onRetry={() => void templates.refetch()} />
      <ul ref={list.ref} onKeyDown={list.onKeyDown}>
        {templates.data?.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              className="li"
              data-row
              style={{ gridTemplateColumns: 'minmax(0,1fr) auto', padding: '5px 14px' }}
              onClick={() => setName(one.name)}
            >
              <span style={{ minWidth: 0 }}>
                <span className="m">{one.name}</span>
                <span className="c12 t3" style={{ display: 'block' }}>
                  {one.description}
                </span>
              </span>
              <span className="acc c12">Copy to…</span>
            </button>
          </li>
        ))}
      </ul>
      {template ? (
        <SampleDialog
          key={template.name}
          template={template}
          pick={pick}
          onOpen={onOpen}
          onClose={() => setName(null)}
        />
      ) : null}
    </Panel>
  );
}
