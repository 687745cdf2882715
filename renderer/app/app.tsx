import { MantineProvider } from '@mantine/core';
import { StrictMode, useState } from 'react';
import type { Connection } from '../rpc/connection.ts';
import { createQueryClient } from '../rpc/query-client.ts';
import { RpcProvider } from '../rpc/rpc-context.tsx';
import { FormatProvider } from '../ui/format/format-context.tsx';
import { theme } from '../ui/theme.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { RouteProvider } from './route-context.tsx';
import { Shell } from './shell.tsx';
import { styleNonce } from './style-nonce.ts';
import { useAccountFolder, useColorScheme, useSettings } from './use-settings.ts';

/** The whole window over one connection to the engine. */
export function App({ connection }: { connection: Connection }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <StrictMode>
      <RpcProvider connection={connection} queryClient={queryClient}>
        <RouteProvider>
          <Themed />
        </RouteProvider>
      </RpcProvider>
    </StrictMode>
  );
}

function Themed() {
  const { settings } = useSettings();
  const account = useAccountFolder();
  const scheme = useColorScheme(settings?.theme);
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} getStyleNonce={() => styleNonce() ?? ''}>
      <FormatProvider settings={settings} account={account}>
        <ErrorBoundary>
          <Shell dark={scheme === 'dark'} />
        </ErrorBoundary>
      </FormatProvider>
    </MantineProvider>
  );
}
