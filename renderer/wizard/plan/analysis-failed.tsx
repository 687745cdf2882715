import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { StateLabel } from '../../ui/state-label.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import { planQuestion } from './plan-question.ts';

/** The analysis ended without a plan: it failed, was stopped, or its engine went away. Nothing was changed. */
export function AnalysisFailed({ snapshot }: { snapshot: RunSnapshot }) {
  const { runId, failure, interrupted } = snapshot;
  const again = useAction((api) => api.plan.renew({ runId }));
  const title = failure
    ? `The plan could not be made${failure.step ? `: ${failure.step} cannot be analysed` : ''}`
    : interrupted
      ? 'The analysis was interrupted before the plan was whole'
      : 'The analysis was stopped before the plan was whole';
  return (
    <Screen
      question={planQuestion}
      title={title}
      lead="Sources were only read. Nothing was changed."
      back={{ label: 'Back to connections', href: runHref(runId, 'connections') }}
      next={{
        label: 'Analyse again',
        busy: again.busy,
        onClick: () => again.run(),
        note: 'Next: sources are read and measured from the start. Nothing is changed.',
      }}
    >
      <CallError error={again.error} />
      {failure ? (
        <Note severity="error" title={failure.message}>
          {failure.advice}
        </Note>
      ) : null}
      {interrupted ? (
        <Note severity="warning" title={interrupted.words}>
          The sources were open read-only; there is nothing to clear up.
        </Note>
      ) : null}
      {snapshot.steps.length ? (
        <Panel title="How far it came" padded={false}>
          <ul>
            {snapshot.steps.map((step) => (
              <li key={step.id} className="row" style={{ padding: '6px 14px', borderBottom: '1px solid var(--line)' }}>
                <StateLabel state={step.state} text={step.id} />
                <span className="t2" style={{ marginLeft: 'auto' }}>
                  {step.note}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </Screen>
  );
}
