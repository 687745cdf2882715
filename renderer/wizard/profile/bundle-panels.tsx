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
