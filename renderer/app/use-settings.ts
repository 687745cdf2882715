import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Settings } from '#shared/contract/system.ts';
import { useRpc } from '../rpc/rpc-context.tsx';

/** How Overland behaves on this machine; undefined until read. `save` shows the change at once and puts it back if it cannot be kept. */
export function useSettings() {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const key = query.system.settings.queryKey();
  const { data, error } = useQuery(query.system.settings.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const change = useMutation({
    mutationFn: (changed: Partial<Settings>) => api.system.saveSettings(changed),
    onMutate: (changed) => {
      const before = client.getQueryData<Settings>(key);
      if (before) client.setQueryData<Settings>(key, { ...before, ...changed });
      return { before };
    },
    onSuccess: (saved) => client.setQueryData<Settings>(key, saved),
    onError: (_error, _changed, context) => context?.before && client.setQueryData<Settings>(key, context.before),
  });
  return { settings: data, error: error ?? change.error, save: change.mutate };
}

/** Folder of the person's account on the engine's machine; undefined until read. */
export function useAccountFolder(): string | undefined {
  const { query } = useRpc();
  return useQuery(
    query.system.info.queryOptions({ staleTime: Number.POSITIVE_INFINITY, select: ({ account }) => account }),
  ).data;
}

const memoryKey = 'overland.theme';
const systemDark = '(prefers-color-scheme: dark)';

/** Light or dark as set; until the settings are read, as it was last time, so that a dark window does not start white. */
export function useColorScheme(theme: Settings['theme'] | undefined): 'light' | 'dark' {
  const system = useSyncExternalStore(subscribeToSystem, () => matchMedia(systemDark).matches);
  useEffect(() => {
    if (theme) localStorage.setItem(memoryKey, theme);
  }, [theme]);
  const wanted = theme ?? localStorage.getItem(memoryKey) ?? 'system';
  if (wanted === 'light' || wanted === 'dark') return wanted;
  return system ? 'dark' : 'light';
}

function subscribeToSystem(listener: () => void): () => void {
  const media = matchMedia(systemDark);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}
