import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OverlandClient } from '#shared/contract/index.ts';
import { readAgain } from '../../rpc/query-client.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';

export type Action<T = void> = {
  /** Asks the engine. Does nothing while an earlier request is not answered. */
  readonly run: (input: T) => void;
  readonly busy: boolean;
  /** Of the last request; null while it runs and when it went well. */
  readonly error: unknown;
};

/** A request that changes something. Afterwards everything that was read is read again, so that no screen shows an older state. */
export function useAction<T = void, R = unknown>(
  work: (api: OverlandClient, input: T) => Promise<R>,
  onDone?: (result: R, input: T) => void,
): Action<T> {
  const { api } = useRpc();
  const queryClient = useQueryClient();
  const mutation = useMutation({
    mutationFn: (input: T) => work(api, input),
    onSuccess: (result, input) => {
      void readAgain(queryClient);
      onDone?.(result, input);
    },
  });
  return {
    run: (input) => {
      if (!mutation.isPending) mutation.mutate(input);
    },
    busy: mutation.isPending,
    error: mutation.error,
  };
}
