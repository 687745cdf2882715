import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bundleHref, plainHref } from '../../app/routes.ts';
import { isOverlandError } from '../../rpc/errors.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { navigate } from '../../ui/navigate.ts';

/** Opens a bundle and goes to its Profile; a bundle with problems goes to the list of them. Other errors are given back. */
export function useOpenBundle() {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const opening = useMutation({
    mutationFn: (path: string) => api.bundle.open({ path }),
    onSuccess: (bundle) => {
      client.setQueryData(query.bundle.open.queryKey({ input: { path: bundle.path } }), bundle);
      void client.invalidateQueries({ queryKey: query.bundle.recent.key() });
      navigate(bundleHref(bundle.path, 'profile'));
    },
    onError: (error, path) => {
      if (isOverlandError(error, 'BUNDLE_INVALID')) navigate(plainHref('home', 'problems', path));
    },
  });
  const invalid = isOverlandError(opening.error, 'BUNDLE_INVALID');
  return { open: opening.mutate, opening: opening.isPending, error: invalid ? null : opening.error };
}
