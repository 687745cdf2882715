import { Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import { useRoute } from '../../app/route-context.tsx';
import { runHref } from '../../app/routes.ts';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { asideWords } from '../shared/set-aside.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { CountsTab } from './counts-tab.tsx';
import { dryRunTotals } from './dry-run-totals.ts';
import { RejectsTab } from './rejects-tab.tsx';
import { SampleSize } from './sample-size.tsx';
import { SampleTab } from './sample-tab.tsx';
import { SchemaTab } from './schema-tab.tsx';

const tabs = ['counts', 'sample', 'rejects', 'schema'] as const;

/** The result of a dry run in four views. */
export function Rehearsed({ run, view }: { run: Run; view: DryRunView }) {
  const { runId } = run;
  const { variant } = useRoute();
  const format = useFormat();
  const [sample, setSample] = useState<number | null>(view.sampled);
  const again = useAction((api) => api.run.dryRun({ runId, sample }));
  const tab = tabs.find((known) => known === variant) ?? 'counts';
  const total = dryRunTotals(view);
  const steps = format.count(view.steps.length, 'step');
  const phase = run.snapshot?.phase;
  const open = phase === 'backup' || phase === 'dry_run';
  return (
    <Screen
      question="What would happen if it ran now?"
      title={`${format.number(total.accepted)} of ${format.count(total.read, 'record')} would be accepted; ${total.setAside.records + total.setAside.rows === 0 ? 'none' : asideWords(total.setAside, format)} would be set aside`}
      lead={lead(view, format)}
      back={{ label: 'Back to backup', href: runHref(runId, 'backup') }}
      extra={
        open ? (
          <>
            <Button variant="quiet" disabled={again.busy || run.lost} onClick={() => again.run()}>
              Rehearse again
            </Button>
            <SampleSize value={sample} onChange={setSample} />
          </>
        ) : null
      }
      next={
        open
          ? {
              label: `Execute ${steps}…`,
              href: runHref(runId, 'execute'),
              note: 'Next: what it rests on is shown, and you are asked once more. Nothing is changed before that.',
            }
          : { label: 'Go to execute', href: runHref(runId, 'execute'), note: 'Next: how far the run is' }
      }
    >
      <CallError error={again.error} />
      <Tabs
        value={tab}
        onChange={(value) => navigate(runHref(runId, 'dry-run', value && value !== 'counts' ? value : ''))}
        keepMounted={false}
        style={{ display: 'flex', flexDirection: 'column', gap: 12, flex: 1 }}
      >
        <Tabs.List aria-label="Views of the dry run">
          <Tabs.Tab value="counts">Counts</Tabs.Tab>
          <Tabs.Tab value="sample">
            Before and after<span className="cnt">{format.number(view.samples.length)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="rejects">
            Would be set aside<span className="cnt">{format.number(total.setAside.records + total.setAside.rows)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="schema">
            Schema<span className="cnt">{format.count(view.schema.length, 'object')}</span>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="counts">
          <CountsTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="sample">
          <SampleTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel
          value="rejects"
          style={{ flex: 1, display: tab === 'rejects' ? 'flex' : undefined, flexDirection: 'column' }}
        >
          <RejectsTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="schema">
          <SchemaTab view={view} />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}

function lead(view: DryRunView, format: Format): string {
  const on = view.sampled === null ? 'on all data' : `on a sample of ${format.number(view.sampled)} records per step`;
  const at = view.at ? ` at ${format.time(view.at)}` : '';
  const took = view.tookMs === null ? '' : ` in ${format.duration(view.tookMs / 1000)}`;
  return `Rehearsed${at}${took} ${on}. Work happened in a scratch place: nothing named in the plan was written.`;
}
