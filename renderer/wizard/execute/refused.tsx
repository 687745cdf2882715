import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Difference, Holder } from '#shared/model/error.ts';
import { runHref } from '../../app/routes.ts';
import { ComparisonTable } from '../../ui/comparison-table.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Refusal = NonNullable<RunSnapshot['refused']>;
type Props = { readonly runId: string; readonly refused: Refusal };

/** Work that was asked for and did not start. Nothing was written in any of these cases. */
export function Refused({ runId, refused }: Props) {
  switch (refused.kind) {
    case 'locked':
      return <Locked runId={runId} target={refused.target} holder={refused.holder} />;
    case 'changed':
      return <Changed runId={runId} differences={refused.differences} />;
    case 'space':
    case 'other':
      return <NotStarted runId={runId} refused={refused} />;
  }
}

const question = 'May it start?';

function useRecheck(runId: string) {
  const recheck = useAction((api) => api.run.recheck({ runId }));
  const next = {
    label: 'Check again',
    onClick: () => recheck.run(),
    busy: recheck.busy,
  };
  return { recheck, next };
}

function Locked({ runId, target, holder }: { runId: string; target: string; holder: Holder }) {
  const format = useFormat();
  const { recheck, next } = useRecheck(runId);
  const rows = holderRows(holder, format);
  const state = {
    yes: ['it is alive', 'Overland does not take a lock from a live run; ask the person below.'],
    no: ['its process is gone', 'The lock is taken over when you check again.'],
    unknown: [
      'whether it is alive cannot be seen from here',
      'Ask the person below. If the process has ended, run Overland on that machine to release the lock.',
    ],
  }[holder.alive] as [string, string];
  return (
    <Screen
      question={question}
      title={`Not now. ${target} is in use by another run`}
      lead="Nothing was written. Two runs never write to the same target."
      back={{ label: 'Back to dry run', href: runHref(runId, 'dry-run') }}
      extra={<CopyButton label="Copy the details" text={rows.map(([name, value]) => `${name}: ${value}`).join('\n')} />}
      next={{ ...next, note: 'Next: the lock is read again. If it is free, you can start' }}
    >
      <Note
        severity="error"
        title={`Run ${holder.runId} holds the lock since ${format.timeSeconds(holder.since)}; ${state[0]}`}
      >
        Its last sign of life was at {format.timeSeconds(holder.lastSign)}. {state[1]}
      </Note>
      <CallError error={recheck.error} />
      <Panel padded={false} title="Who holds it">
        <table className="tbl">
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row" className="t3" style={{ width: 200 }}>
                  {name}
                </th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </Screen>
  );
}

function holderRows(holder: Holder, format: Format): readonly (readonly [string, string])[] {
  return [
    ['Run', holder.runId],
    ['Person', holder.person],
    ['Machine', `${holder.machine}, process ${holder.pid}`],
    ['Bundle', holder.bundle],
    ['Phase', holder.phase],
    ['Since', format.dateTime(holder.since)],
    [
      'What happens if it ends',
      'The lock is free at once. A lock left by a process that is gone is recognised and named here',
    ],
  ];
}

function Changed({ runId, differences }: { runId: string; differences: readonly Difference[] }) {
  const format = useFormat();
  const renew = useAction(
    (api) => api.plan.renew({ runId }),
    () => navigate(runHref(runId, 'plan')),
  );
  const changed = differences.filter((difference) => !difference.same);
  const first = changed[0];
  return (
    <Screen
      question={question}
      title={`Not with this plan. ${first ? first.what : 'Something'} changed after the plan was accepted`}
      lead="Nothing was written. The plan that was accepted is the one that runs, or none."
      back={{ label: 'Back to dry run', href: runHref(runId, 'dry-run') }}
      next={{
        label: 'Analyse the plan again',
        note: 'Next: the sources are read again and a new plan is shown. It is accepted and backed up before it runs.',
        onClick: () => renew.run(),
        busy: renew.busy,
      }}
    >
      <Note severity="error" title={first ? `${first.what}: ${first.note}` : 'The sources differ from the plan'}>
        The application may still be running. Stop it first; otherwise the next plan is outdated as well.
      </Note>
      <CallError error={renew.error} />
      <Panel
        padded={false}
        title="Plan that was accepted, compared with now"
        right={`${format.number(changed.length)} of ${format.number(differences.length)} ${changed.length === 1 ? 'differs' : 'differ'}`}
      >
        <ComparisonTable
          label="Differences"
          heads={['In the plan', 'Now']}
          rows={differences.map(({ inPlan, now, ...rest }) => ({ ...rest, left: inPlan, right: now }))}
          differs="error"
        />
      </Panel>
    </Screen>
  );
}

function NotStarted({ runId, refused }: { runId: string; refused: Extract<Refusal, { kind: 'space' | 'other' }> }) {
  const format = useFormat();
  const { recheck, next } = useRecheck(runId);
  const space = refused.kind === 'space';
  const missing = space ? Math.max(0, refused.neededBytes - refused.freeBytes) : 0;
  return (
    <Screen
      question={question}
      title={space ? `Not yet. ${format.bytes(missing)} are missing in ${refused.where}` : 'It did not start'}
      lead="Nothing was written."
      back={{ label: 'Back to dry run', href: runHref(runId, 'dry-run') }}
      next={{ ...next, note: 'Next: what stands in the way is looked at again. Nothing is written' }}
    >
      <Note
        severity="error"
        title={
          space
            ? `${format.bytes(refused.neededBytes)} are needed and ${format.bytes(refused.freeBytes)} are free`
            : refused.message
        }
      >
        {space ? 'Free space there, then check again.' : refused.advice}
      </Note>
      <CallError error={recheck.error} />
    </Screen>
  );
}
