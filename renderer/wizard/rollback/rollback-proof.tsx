import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RollbackView } from '#shared/contract/rollback.ts';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { Tag } from '../../ui/tag.tsx';
import { compactHash } from '../backup/backup-words.ts';
import { CleanupDialog } from '../finish/cleanup-dialog.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { DivergedList } from './diverged-panel.tsx';
import { RollbackSteps } from './rollback-steps.tsx';

type Props = {
  readonly run: Run;
  readonly view: RollbackView;
  /** Rows that others changed need another decision before it can go on. */
  readonly onDecide: () => void;
};

/** The end of a rollback: the old state compared with the rollback point, object by object. */
export function RollbackProof({ run, view, onDecide }: Props) {
  const { runId } = run;
  const { query } = useRpc();
  const format = useFormat();
  const [cleaning, setCleaning] = useState(false);
  const finish = useQuery(query.history.finish.queryOptions({ input: { runId } }));
  const again = useAction((api) => api.run.resume({ runId, autoRollback: false }));
  const complete = view.state === 'done';
  const differ = view.proof.filter((entry) => entry.result === 'differs').length;
  const exitCode = finish.data?.exitCode;
  return (
    <Screen
      question="Is the old state back?"
      title={proofTitle(view, complete, differ, format)}
      lead={`${timeWords(view, format)}${complete ? 'The legacy application can start.' : 'The application must stay stopped until it is complete.'}`}
      side={
        <div style={{ textAlign: 'right' }}>
          <Tag severity={complete ? undefined : 'error'}>{complete ? 'Rolled back' : 'Rollback incomplete'}</Tag>
          <div className="c12 t3" style={{ marginTop: 4 }}>
            {[
              exitCode === undefined || exitCode === null ? null : `exit code ${exitCode}`,
              view.at ? format.timeSeconds(view.at) : null,
            ]
              .filter((fact) => fact !== null)
              .join(', ')}
          </div>
        </div>
      }
      back={{ label: 'Back to the outcome', href: runHref(runId, 'finish') }}
      extra={
        complete && finish.data && finish.data.cleanedAt === null ? (
          <Button variant="danger" onClick={() => setCleaning(true)}>
            Clean up…
          </Button>
        ) : null
      }
      next={
        complete
          ? {
              label: 'Export the report',
              href: runHref(runId, 'history', 'report'),
              note: 'Next: the report, with this proof. The rollback point is kept until you clean up.',
            }
          : view.diverged.length > 0
            ? {
                label: 'Decide and go on…',
                note: 'Next: what happens to the rows that differ. Nothing is changed before you confirm.',
                disabled: run.lost,
                onClick: onDecide,
              }
            : {
                label: 'Go on with the rollback',
                note: 'Next: what is not undone is tried again',
                disabled: run.lost,
                busy: again.busy,
                onClick: () => again.run(),
              }
      }
    >
      <CallError error={again.error} />
      {view.diverged.length > 0 ? (
        <Panel title="What is not as this run wrote it">
          <DivergedList view={view} />
        </Panel>
      ) : null}
      <ProofTable view={view} />
      <RollbackSteps view={view} progress stale={false} />
      {finish.data ? <CleanupDialog finish={finish.data} opened={cleaning} onClose={() => setCleaning(false)} /> : null}
    </Screen>
  );
}

function proofTitle(
  view: RollbackView,
  complete: boolean,
  differ: number,
  format: ReturnType<typeof useFormat>,
): string {
  if (complete && differ === 0) {
    return view.proof.length > 0
      ? view.proof.length === 1
        ? 'Yes. What the rollback point covers is back and compares equal'
        : `Yes. All ${format.count(view.proof.length, 'object')} that the rollback point covers are back and compare equal`
      : 'Yes. Every step is undone';
  }
  if (complete) {
    return `Not as it was. ${format.number(differ)} of ${format.count(view.proof.length, 'object')} differ${differ === 1 ? 's' : ''} from the rollback point`;
  }
  const open = view.steps.filter(
    (step) => step.state !== 'rolled_back' && step.state !== 'completed' && step.state !== 'skipped',
  );
  return `Not yet. ${format.number(open.length)} of ${format.count(view.steps.length, 'step')} ${open.length === 1 ? 'is' : 'are'} not undone`;
}

function timeWords(view: RollbackView, format: ReturnType<typeof useFormat>): string {
  if (!view.at) return '';
  const from = view.tookMs === null ? null : new Date(Date.parse(view.at) - view.tookMs).toISOString();
  const span = from ? `${format.timeSeconds(from)} to ${format.timeSeconds(view.at)}` : format.timeSeconds(view.at);
  return `Rolled back ${span}. `;
}

function ProofTable({ view }: { view: RollbackView }) {
  if (view.proof.length === 0) return null;
  return (
    <Panel padded={false} title="Proof" right="the rollback point compared with now">
      <section className="scroll" aria-label="Proof" tabIndex={0}>
        <table className="tbl">
          <TableHead heads={['What', 'Before the run', 'Now', 'Compared by', 'Result']} />
          <tbody>
            {view.proof.map((entry) => (
              <tr key={`${entry.object} ${entry.how}`}>
                <td className="m">{entry.object}</td>
                <td>
                  <code title={entry.before}>{proofValue(entry.before)}</code>
                </td>
                <td>
                  <code title={entry.after} className={entry.result === 'same' ? undefined : 'err'}>
                    {proofValue(entry.after)}
                  </code>
                </td>
                <td className="t2">{entry.how}</td>
                <td>
                  <span className="row">
                    <SeverityIcon severity={entry.result === 'same' ? 'ok' : 'error'} />
                    {entry.result === 'same' ? 'equal' : 'differs'}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

/** Hashes are shortened; counts and words are shown whole. */
function proofValue(value: string): string {
  return /^[0-9a-f]{32,}$/.test(value) ? compactHash(value) : value;
}
