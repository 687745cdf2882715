import { Button, TextInput } from '@mantine/core';
import { IconArrowUp, IconFile, IconFolder, IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useRpc } from '../rpc/rpc-context.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';

export type PickKind = 'bundle' | 'folder' | 'file';
type Entry = { name: string; kind: 'up' | 'folder' | 'bundle' | 'file'; bytes: number | null; path: string };

type Props = {
  kind: PickKind;
  title: string;
  suggested: string | null;
  onChoose: (path: string) => void;
  onClose: () => void;
};

const icons = { up: IconArrowUp, folder: IconFolder, bundle: IconPackage, file: IconFile } as const;
const goal: Readonly<Record<PickKind, string>> = {
  bundle: 'Open this bundle',
  folder: 'Use this folder',
  file: 'Use this file',
};

/** Folders of the machine on which the engine runs, for windows without a dialog of the system. Reads names only. */
export function PathPicker({ kind, title, suggested, onChoose, onClose }: Props) {
  const { query } = useRpc();
  const format = useFormat();
  const [path, setPath] = useState<string | null>(suggested);
  const [typed, setTyped] = useState<string | null>(null);
  const [selected, setSelected] = useState(0);
  const listing = useQuery(query.system.browse.queryOptions({ input: { path } }));
  const folder = listing.data;
  const entries: Entry[] = folder
    ? [
        ...(folder.parent === null
          ? []
          : [{ name: 'Folder above', kind: 'up' as const, bytes: null, path: folder.parent }]),
        ...folder.entries
          .filter((entry) => entry.kind !== 'file' || kind === 'file')
          .map((entry) => ({ ...entry, path: join(folder.path, entry.name) })),
      ]
    : [];
  const enter = (next: string) => {
    setPath(next);
    setTyped(null);
    setSelected(0);
  };
  const open = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    if (entry.kind === 'file' || (entry.kind === 'bundle' && kind === 'bundle')) onChoose(entry.path);
    else enter(entry.path);
  };
  const entry = entries[selected];
  const chosen = pathToUse(kind, typed, entry, folder?.path);
  return (
    <Dialog opened onClose={onClose} label={title} size={620}>
      <TextInput
        label="Path on the machine of the engine"
        value={typed ?? folder?.path ?? ''}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && typed && !event.ctrlKey) enter(typed);
        }}
      />
      <div className="panel" style={{ height: 300, marginTop: 10 }} aria-busy={listing.isPending || undefined}>
        {listing.isPending ? <SkeletonRows rows={8} /> : null}
        <CallError error={listing.error} onRetry={() => void listing.refetch()} />
        {folder ? (
          <VirtualList
            key={folder.path}
            items={entries}
            label={`${format.count(entries.length, 'entry', 'entries')} of ${folder.path}`}
            rowHeight={33}
            keyOf={(item) => `${item.kind} ${item.path}`}
            selected={selected}
            onSelect={setSelected}
            onOpen={open}
            copy={(item) => item.path}
          >
            {(item) => <Row entry={item} bytes={item.bytes === null ? '' : format.bytes(item.bytes)} />}
          </VirtualList>
        ) : null}
      </div>
      <p className="hint" style={{ marginTop: 6 }}>
        Enter opens a folder. {kind === 'bundle' ? 'A bundle is a folder with profile.toml.' : ''}
      </p>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button variant="primary" data-primary disabled={!chosen} onClick={() => chosen && onChoose(chosen)}>
          {goal[kind]}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Row({ entry, bytes }: { entry: Entry; bytes: string }) {
  const Icon = icons[entry.kind];
  return (
    <span className="row">
      <Icon size={16} stroke={1.75} color={entry.kind === 'bundle' ? 'var(--accent)' : 'var(--text-3)'} aria-hidden />
      <span className="ell grow">{entry.name}</span>
      <span className="c12 t3">{entry.kind === 'bundle' ? 'bundle' : bytes}</span>
    </span>
  );
}

/** What was typed wins; else the chosen row where it fits what is asked for; else the folder that is shown. */
function pathToUse(kind: PickKind, typed: string | null, entry: Entry | undefined, shown: string | undefined) {
  if (typed) return typed;
  if (kind === 'folder') return entry && entry.kind === 'folder' ? entry.path : (shown ?? null);
  return entry?.kind === kind ? entry.path : null;
}

/** The engine's machine may be a Windows machine: its separator is the one that its paths hold. */
function join(folder: string, name: string): string {
  const separator = folder.includes('\\') ? '\\' : '/';
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
}
