import type { BundleView } from '#shared/contract/bundle.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { Panel } from '../../ui/panel.tsx';
import { shortHash } from '../../ui/short-hash.ts';

/** What the bundle decides, what it leaves behind, and who answers for it. */
export function BundlePanels({ bundle }: { bundle: BundleView }) {
  return (
    <>
      <Panel title="Policy">
        <KeyValues rows={bundle.policy.map(({ name, text }) => [name, text] as const)} />
      </Panel>
      {bundle.notCarried.length ? (
        <Panel title="Not carried over">
          <KeyValues
            rows={bundle.notCarried.map(
              ({ object, reason }) => [object, reason.replace(/^./, (c) => c.toUpperCase())] as const,
            )}
          />
        </Panel>
      ) : null}
      <Panel title="Bundle">
        <KeyValues
          rows={[
            ['Version', bundle.version],
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
