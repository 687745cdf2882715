import type { z } from 'zod';
import type { issueRow } from '#shared/contract/validation.ts';
import type { Severity } from '#shared/model/run.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { type Pages, usePages } from '../shared/use-pages.ts';

export type Issue = z.infer<typeof issueRow>;

/** Issues of a run, worst first, by severity and search. */
export function useIssues(runId: string, severity: Severity | null, search: string): Pages<Issue> {
  const { api } = useRpc();
  return usePages(['issues', runId, severity, search], async (offset, limit, signal) => {
    const { total, issues } = await api.validation.issues({ runId, severity, search, offset, limit }, { signal });
    return { total, rows: issues };
  });
}
