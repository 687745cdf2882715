import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { z } from 'zod';
import type { issueRow } from '#shared/contract/validation.ts';
import type { Severity } from '#shared/model/run.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';

export type Issue = z.infer<typeof issueRow>;
const pageSize = 200;

export type IssuePages = {
  /** Of the filter; null until the first page is there. */
  readonly total: number | null;
  /** One entry an issue; undefined until its page is read. */
  readonly issues: readonly (Issue | undefined)[];
  readonly error: unknown;
  /** Reads the page that holds this row. */
  readonly reach: (index: number) => void;
};

/** Issues in pages of 200, read as they come into view. */
export function useIssues(runId: string, severity: Severity | null, search: string): IssuePages {
  const { query } = useRpc();
  const filter = `${severity} ${search}`;
  const [wanted, setWanted] = useState({ filter, pages: 1 });
  const pages = wanted.filter === filter ? wanted.pages : 1;
  const reads = useQueries({
    queries: Array.from({ length: pages }, (_, page) =>
      query.validation.issues.queryOptions({
        input: { runId, severity, search, offset: page * pageSize, limit: pageSize },
      }),
    ),
  });
  const total = reads[0]?.data?.total ?? null;
  const issues = new Array<Issue | undefined>(total ?? 0).fill(undefined);
  for (const [page, read] of reads.entries()) {
    for (const [index, issue] of (read.data?.issues ?? []).entries()) issues[page * pageSize + index] = issue;
  }
  const reach = useCallback(
    (index: number) => {
      const needed = Math.floor(index / pageSize) + 1;
      setWanted((now) => (now.filter === filter && now.pages >= needed ? now : { filter, pages: needed }));
    },
    [filter],
  );
  return { total, issues, error: reads.find((read) => read.error)?.error ?? null, reach };
}
