import { Button, SegmentedControl } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import { DiffHeads } from '../../ui/diff-heads.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SideBySide } from '../../ui/side-by-side.tsx';
import { sampleTexts } from './sample-text.ts';

/** Records before and after, one at a time. */
export function SampleTab({ view }: { view: DryRunView }) {
  const format = useFormat();
  const [at, setAt] = useState(0);
  const [shown, setShown] = useState<'text' | 'values'>('text');
  const sample = view.samples[Math.min(at, view.samples.length - 1)];
  if (!sample) {
    return (
      <Panel>
        <Empty title="No record was kept to show">
          A dry run keeps records in which every rule is seen at least once.
        </Empty>
      </Panel>
    );
  }
  const { before, after } = sample.text && shown === 'text' ? sample.text : sampleTexts(sample);
  const what = sample.text ? 'file' : 'record';
  const count = view.samples.length;
  const table = sample.outputs[0]?.table ?? 'no table';
  return (
    <Panel
      padded={false}
      title={`${sample.step}, ${what} ${format.number(at + 1)} of ${format.number(count)} in the sample`}
      right={
        <>
          {sample.text ? (
            <SegmentedControl
              aria-label="How the file is shown"
              value={shown}
              onChange={(value) => setShown(value === 'values' ? 'values' : 'text')}
              data={[
                { value: 'text', label: 'Text' },
                { value: 'values', label: 'Effective values' },
              ]}
            />
          ) : null}
          <Button
            variant="quiet"
            disabled={at === 0}
            leftSection={<IconChevronLeft size={15} aria-hidden />}
            onClick={() => setAt(at - 1)}
          >
            Previous
          </Button>
          <Button
            variant="quiet"
            disabled={at >= count - 1}
            rightSection={<IconChevronRight size={15} aria-hidden />}
            onClick={() => setAt(at + 1)}
          >
            Next
          </Button>
        </>
      }
      foot={
        <>
          {sample.text ? (
            <>The file is {sample.picked}. </>
          ) : (
            <>Picked to show every rule and every kind of change at least once: {sample.picked}. Key </>
          )}
          <code>{sample.key}</code>.
        </>
      }
    >
      <DiffHeads
        left={
          <>
            Before: <code>{sample.source.object}</code>
          </>
        }
        right={
          <>
            After: <code>{table}</code>
            {sample.outputs.length > 1 ? ` and ${format.count(sample.outputs.length - 1, 'more table')}` : ''}, in
            scratch only
          </>
        }
      />
      <SideBySide
        before={before}
        after={after}
        label={`${sample.text ? 'File' : 'Record'} ${sample.key} before and after`}
      />
    </Panel>
  );
}
