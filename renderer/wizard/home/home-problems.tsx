import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { bundleHref } from '../../app/routes.ts';
import { ProblemsScreen } from '../../profiles/problems-screen.tsx';
import { isOverlandError } from '../../rpc/errors.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Reading } from '../shared/reading.tsx';

/** Reads the bundle again; once it is in order it is opened. */
export function HomeProblems({ path }: { path: string }) {
  const { query } = useRpc();
  const read = useQuery(query.bundle.open.queryOptions({ input: { path }, retry: false, staleTime: 0 }));
  const { data, error } = read;
  useEffect(() => {
    if (data) navigate(bundleHref(data.path, 'profile'));
  }, [data]);
  if (isOverlandError(error, 'BUNDLE_INVALID')) {
    return (
      <ProblemsScreen
        bundle={error.data.bundle}
        problems={error.data.problems}
        reading={read.isFetching}
        onReadAgain={() => void read.refetch()}
      />
    );
  }
  return (
    <Reading
      question="Which migration is it?"
      title="Reading the bundle"
      error={error}
      onRetry={() => void read.refetch()}
    />
  );
}
