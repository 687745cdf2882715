import { MantineProvider } from '@mantine/core';
import { configure, type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { RouteProvider } from '../app/route-context.tsx';
import { Connection } from '../rpc/connection.ts';
import { createQueryClient } from '../rpc/query-client.ts';
import { RpcProvider } from '../rpc/rpc-context.tsx';
import { FormatProvider } from '../ui/format/format-context.tsx';
import { theme } from '../ui/theme.ts';
import { type FakeServices, type MemoryChannel, memoryChannel } from './memory-client.ts';
import './jsdom.ts';

// A test says what comes, never how soon: a busy machine needs more than the second that is waited for otherwise.
configure({ asyncUtilTimeout: 20_000 });

export type Rendered = RenderResult & {
  readonly connection: Connection;
  /** Close it to lose the engine; `connection.attach(memoryChannel(...))` brings it back. */
  readonly channel: MemoryChannel;
};

/** Everything a screen stands in, over fixtures in memory, in UTC. `hash` is the address, for example `#/run/r-1/backup`. */
export function renderScreen(screen: ReactNode, services: FakeServices, hash = '#/home'): Rendered {
  history.replaceState(null, '', hash);
  const connection = new Connection();
  const channel = memoryChannel(services);
  connection.attach(channel);
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const rendered = render(
    <MantineProvider theme={theme} env="test">
      <RpcProvider connection={connection} queryClient={queryClient}>
        <RouteProvider>
          <FormatProvider settings={{ numberFormat: '1,234,567.8', timeZone: 'utc' }}>{screen}</FormatProvider>
        </RouteProvider>
      </RpcProvider>
    </MantineProvider>,
  );
  return Object.assign(rendered, { connection, channel });
}
