import type { ReactNode } from 'react';
import type { BundleView } from '#shared/contract/bundle.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { Panel } from '../../ui/panel.tsx';
import { shortHash } from '../../ui/short-hash.ts';

/** What the bundle decides and who answers for it. `window` is the panel of a run's window, which then tells it alone. */
export function BundlePanels({ bundle, window }: { bundle: BundleView; window: ReactNode }) {
  return (
    <>
      <Panel title="Policy">
        <KeyValues
          rows={bundle.policy
            .filter(({ name }) => window === null || name !== 'Window')
            .map(({ name, text }) => [name, text] as const)}
        />
      </Panel>
      {window}
      <Panel title={`Bundle, version ${bundle.version}`}>
        <KeyValues
          rows={[
            ['Written by', bundle.author],
            ['Reviewed', bundle.reviewed],
            [
              'Hash',
              <code key="hash" title={bundle.hash}>
                {shortHash(bundle.hash)}
              </code>,
            ],
          ]}
        />
      </Panel>
    </>
  );
}

/** What stays behind, and why. Nothing when everything is carried over. */
export function NotCarried({ entries }: { entries: BundleView['notCarried'] }) {
  if (entries.length === 0) return null;
  return (
    <Panel title="Not carried over">
      <KeyValues rows={entries.map(({ object, reason }) => [object, sentence(reason)] as const)} />
    </Panel>
  );
}

function sentence(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase());
}
