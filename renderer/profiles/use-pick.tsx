import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useState } from 'react';
import { useRpc } from '../rpc/rpc-context.tsx';
import { PathPicker, type PickKind } from './path-picker.tsx';

type Request = {
  kind: PickKind;
  title: string;
  suggested: string | null;
  resolve: (path: string | null) => void;
};

export type Pick = (kind: PickKind, title: string, suggested?: string | null) => Promise<string | null>;

/** Asks for a path: by the host's own dialog where it has one, else by a dialog of the page, to be drawn as `dialog`. Null when closed; never rejects. */
export function usePick(): { pick: Pick; dialog: ReactNode } {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const [request, setRequest] = useState<Request | null>(null);
  const pick = useCallback<Pick>(
    async (kind, title, suggested = null) => {
      try {
        // Asked for before the window has read it, a dialog waits for that: it is the host's from the first one on.
        const info = await client.ensureQueryData(query.system.info.queryOptions());
        if (info.can.nativeDialogs) return (await api.system.pick({ kind, title, suggested })).path;
      } catch {
        // The page's own dialog asks instead, and says it if the engine is gone.
      }
      return new Promise((resolve) => setRequest({ kind, title, suggested, resolve }));
    },
    [api, client, query],
  );
  const settle = (path: string | null) => {
    request?.resolve(path);
    setRequest(null);
  };
  const dialog = request ? <PathPicker {...request} onChoose={settle} onClose={() => settle(null)} /> : null;
  return { pick, dialog };
}
