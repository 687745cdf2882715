import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { RollbackView } from '#shared/contract/rollback.ts';
import { runHref } from '../../app/routes.ts';
import { Empty } from '../../ui/empty.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { isAtWork, workWords } from '../shared/at-work.ts';
import { CallError } from '../shared/call-error.tsx';
import { type Action, useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { type DivergedChoice, DivergedPanel } from './diverged-panel.tsx';
import { RollbackConsent } from './rollback-consent.tsx';
import { deletedWords, RollbackSteps } from './rollback-steps.tsx';

type Props = {
  readonly run: Run;
  readonly view: RollbackView;
  readonly to: string | null;
  readonly onTo: (step: string | null) => void;
};

const question = 'What would be brought back, and what would be deleted?';

/** The rollback before it starts. Nothing is changed until the target is typed and every decision is made. */
export function RollbackPreview({ run, view, to, onTo }: Props) {
  const { runId } = run;
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [given, setGiven] = useState<readonly string[]>([]);
  const [choice, setChoice] = useState<DivergedChoice | null>(null);
  const start = useAction((api) => api.rollback.start({ runId, to, consents: [...given], diverged: choice ?? 'stop' }));
  const back = { label: 'Back to the outcome', href: runHref(runId, 'finish') };
  if (view.state === 'nothing') {
    return (
      <Screen
        question={question}
        title="Nothing. This run has written nothing"
        lead="There is nothing to bring back."
        back={back}
      >
        <Panel>
          <Empty title="There is nothing to roll back">
            What this run writes would be listed here, last step first, with how each step is undone.
          </Empty>
        </Panel>
      </Screen>
    );
  }
  const open = missing(view, typed, given, choice);
  return (
    <Screen
      question={question}
      title={previewTitle(view, to, format)}
      lead={previewLead(view, format)}
      back={back}
      side={<StopAt view={view} to={to} onTo={onTo} />}
      pin={
        <RollbackConsent
          view={view}
          target={run.target}
          typed={typed}
          onTyped={setTyped}
          given={given}
          onGiven={setGiven}
        />
      }
      next={startAction(view, open, run, start, format)}
    >
      <CallError error={start.error} />
      {view.diverged.length > 0 ? <DivergedPanel view={view} choice={choice} onChoice={setChoice} /> : null}
      <RollbackSteps view={view} progress={false} stale={false} />
    </Screen>
  );
}

/** What is still waited for, in words; null when the rollback may start. */
function missing(
  view: RollbackView,
  typed: string,
  given: readonly string[],
  choice: DivergedChoice | null,
): string | null {
  if (view.diverged.length > 0 && choice === null) return 'your decision about the rows that differ';
  if (view.consents.some((consent) => !given.includes(consent.name))) return 'your consent below';
  return typed.trim() === view.typed ? null : 'the name of the target';
}

function startAction(view: RollbackView, open: string | null, run: Run, start: Action, format: Format): NextAction {
  const label = `Roll back ${run.target}`;
  if (run.lost) return { label, danger: true, disabled: true, note: 'Waits for: the engine' };
  if (run.snapshot && isAtWork(run.snapshot)) {
    return {
      label,
      danger: true,
      disabled: true,
      note: `Waits for: ${workWords[run.snapshot.phase]}, which is at work`,
    };
  }
  if (open) return { label, danger: true, disabled: true, note: `Waits for: ${open}` };
  const deleted = deletedWords(view, format);
  return {
    label,
    danger: true,
    busy: start.busy,
    onClick: () => start.run(),
    note: deleted
      ? `Next: ${deleted} are deleted from ${run.target} and the old state is restored.`
      : `Next: the old state of ${run.target} is restored.`,
  };
}

function previewTitle(view: RollbackView, to: string | null, format: Format): string {
  const deleted = deletedWords(view, format);
  const what = to === null ? 'Brings back the state of the rollback point' : `Undoes the steps after ${to}`;
  return deleted ? `${what}. Deletes ${deleted} that this run wrote` : what;
}

const grades = {
  same_bytes: 'The same bytes come back, proven by hash.',
  same_content: 'The same content comes back: structure, rows, sequences. The bytes of the file may differ.',
  partly: 'A part comes back; what does not is named below.',
  none: 'Nothing comes back.',
} as const;

function previewLead(view: RollbackView, format: Format): string {
  const time = view.estimate ? ` It takes ${format.estimate(view.estimate)}.` : ' How long it takes was not measured.';
  return `${grades[view.grade]}${time} The records that were set aside are kept.`;
}

function StopAt({ view, to, onTo }: { view: RollbackView; to: string | null; onTo: (step: string | null) => void }) {
  if (view.canStopAt.length === 0) return null;
  return (
    <NativeSelect
      label="Roll back"
      value={to ?? ''}
      onChange={(event) => onTo(event.currentTarget.value || null)}
      data={[
        { value: '', label: 'everything' },
        ...view.canStopAt.map((step) => ({ value: step, label: `what came after ${step}` })),
      ]}
    />
  );
}
