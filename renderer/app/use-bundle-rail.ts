import { useQuery } from '@tanstack/react-query';
import { useRpc } from '../rpc/rpc-context.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import type { State } from '../ui/state-icon.tsx';

type Line = { state: State; fact: string };
const pending: Line = { state: 'pending', fact: '' };

/** The two lines of the rail that are known before there is a run. Connections are not tested for its sake: only what a test found is shown. */
export function useBundleRail(path: string): { profile: Line; connections: Line } {
  const { query } = useRpc();
  const format = useFormat();
  const bundle = useQuery(query.bundle.open.queryOptions({ input: { path } }));
  const check = useQuery(query.connection.check.queryOptions({ input: { path, connection: null }, enabled: false }));
  const profile = (): Line => {
    if (bundle.error) return { state: 'failed', fact: 'has problems' };
    if (!bundle.data) return { state: 'running', fact: 'reading' };
    const { steps, connections } = bundle.data;
    return {
      state: 'completed',
      fact: `${format.count(steps.length, 'step')}, ${format.count(connections.length, 'connection')}`,
    };
  };
  const connections = (): Line => {
    if (check.isFetching) return { state: 'running', fact: 'testing' };
    if (!check.data) return pending;
    const ready = check.data.filter((report) => report.ready).length;
    return {
      state: ready === check.data.length ? 'completed' : 'failed',
      fact: `${format.number(ready)} of ${format.number(check.data.length)} ready`,
    };
  };
  return { profile: profile(), connections: connections() };
}
