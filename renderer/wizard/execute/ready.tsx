import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BackupView } from '#shared/contract/backup.ts';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { PlanView } from '#shared/contract/plan.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { dryRunTotals } from '../dry-run/dry-run-totals.ts';
import { undoWords } from '../plan/plan-words.ts';
import { CallError } from '../shared/call-error.tsx';
import { Reading } from '../shared/reading.tsx';
import { asideWords } from '../shared/set-aside.tsx';
import { useAction } from '../shared/use-action.ts';

const question = 'May it start?';

/** The question before the first write: what will run, how it comes back, what was forecast. */
export function Ready({ snapshot, target }: { snapshot: RunSnapshot; target: string }) {
  const { runId } = snapshot;
  const { query } = useRpc();
  const format = useFormat();
  const [autoRollback, setAutoRollback] = useState(false);
  const execute = useAction((api) => api.run.execute({ runId, autoRollback, validate: true }));
  const input = { input: { runId } };
  const plan = useQuery(query.plan.get.queryOptions(input));
  const backup = useQuery(query.backup.get.queryOptions(input));
  const dryRun = useQuery(query.dryRun.get.queryOptions(input));
  const error = plan.error ?? backup.error ?? dryRun.error;
  if (error || !plan.data || !backup.data || !dryRun.data) {
    const retry = () => [plan, backup, dryRun].forEach((read) => void read.refetch());
    return <Reading question={question} title="Reading plan, backup and dry run" error={error} onRetry={retry} />;
  }
  const waits = waitsFor(plan.data, backup.data, snapshot);
  const steps = format.count(plan.data.steps.length, 'step');
  const rehearsed = dryRun.data.state === 'done';
  return (
    <Screen
      question={question}
      title={
        waits ? `Not yet. It waits for ${waits}` : `Yes. ${steps} would change ${target}${takes(plan.data, format)}`
      }
      lead={
        waits
          ? 'Nothing is written before that.'
          : 'First the sources are compared with the plan; if anything differs, nothing is written. It can be paused, cancelled and rolled back.'
      }
      back={{ label: 'Back to dry run', href: runHref(runId, 'dry-run') }}
      next={{
        label: `Execute ${steps}`,
        note: waits ? (
          `Waits for: ${waits}`
        ) : (
          <>
            Next: sources and target are compared with the plan,
            <br />
            then {target} is changed.
          </>
        ),
        disabled: waits !== null,
        busy: execute.busy,
        onClick: () => execute.run(),
      }}
    >
      <CallError error={execute.error} />
      {rehearsed ? null : (
        <Note severity="warning" title="No dry run of this plan was made">
          What would be set aside and how fast the target is written are not known. A dry run writes nothing.
        </Note>
      )}
      <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 400px', alignItems: 'start' }}>
        <PlannedSteps plan={plan.data} />
        <div className="col" style={{ gap: 14 }}>
          <Panel title="What it rests on">
            <KeyValues rows={facts(plan.data, backup.data, dryRun.data, snapshot, format)} />
          </Panel>
          <Panel title="If a criterion of the policy is met">
            <Checkbox
              checked={autoRollback}
              onChange={(event) => setAutoRollback(event.currentTarget.checked)}
              label="Roll back by itself"
              description="Otherwise the run stops and proposes it."
            />
          </Panel>
        </div>
      </div>
    </Screen>
  );
}

/** Promise 5 and 7: no execution without an accepted plan and a verified way back. */
function waitsFor(plan: PlanView, backup: BackupView, snapshot: RunSnapshot): string | null {
  if (plan.acceptedAt === null) return 'the plan to be accepted';
  if (snapshot.condition === 'running') return 'the work that is under way to end';
  if (backup.state !== 'verified' && backup.state !== 'used') return 'a verified backup';
  return null;
}

function takes(plan: PlanView, format: Format): string {
  return plan.estimate ? `, ${format.estimate(plan.estimate)}` : '';
}

const grades = {
  same_bytes: 'the same bytes, proven by hash',
  same_content: 'the same content, compared',
  partly: 'in part',
  none: 'not at all',
} as const;

function facts(
  plan: PlanView,
  backup: BackupView,
  dryRun: DryRunView,
  { window }: RunSnapshot,
  format: Format,
): readonly (readonly [string, string | null])[] {
  const total = dryRunTotals(dryRun);
  return [
    ['Plan', `${plan.hash.slice(0, 8)}, accepted ${plan.acceptedAt ? format.time(plan.acceptedAt) : 'not yet'}`],
    ['Accepted by', plan.acceptedBy],
    ['Way back', plan.wayBack.grade === 'partly' ? plan.wayBack.text : grades[backup.grade]],
    [
      'Backup',
      backup.verifiedAt ? `${backup.pointId ?? ''}, verified ${format.time(backup.verifiedAt)}` : 'not verified',
    ],
    [
      'Forecast',
      dryRun.state === 'done'
        ? `${format.number(total.accepted)} accepted, ${asideWords(total.setAside, format)} set aside`
        : null,
    ],
    ['Time', plan.estimate ? format.estimate(plan.estimate) : 'not measured'],
    ['Window', window ? `${format.time(window.opens)} to ${format.time(window.closes)}` : null],
    ['Latest rollback', window?.decideBy ? `decide by ${format.time(window.decideBy)}` : null],
  ];
}

function PlannedSteps({ plan }: { plan: PlanView }) {
  const format = useFormat();
  return (
    <Panel padded={false} title="What will run" right={`${format.count(plan.steps.length, 'step')}, in this order`}>
      <section className="scroll" aria-label="Steps of the plan" tabIndex={0}>
        <table className="tbl mid46">
          <TableHead
            heads={['Step', { name: 'Amount', numeric: true }, { name: 'Time', numeric: true }, 'How it is undone']}
          />
          <tbody>
            {plan.steps.map((step) => (
              <tr key={step.id}>
                <td>
                  <span className="m">
                    {step.ord}. {step.id}
                  </span>
                  <span className="sub">{step.touchesText}</span>
                </td>
                <td className="num">
                  {format.number(step.amount)} <span className="t3">{step.unit}</span>
                </td>
                <td className="num t2">{step.estimate ? format.duration(step.estimate.likely) : ''}</td>
                <td className={step.undo === 'none' ? 'err m' : 't2'} title={step.undoText}>
                  {undoWords[step.undo]}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
