import type { ReactNode } from 'react';
import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Format } from '../../ui/format/format.ts';
import type { NextAction } from '../../ui/screen.tsx';
import type { Action } from '../shared/use-action.ts';
import { currentStep, type ExecuteMode } from './mode.ts';
import { resumeLabel } from './words.ts';

export type Controls = {
  readonly pause: Action;
  readonly resume: Action;
  readonly pauseIcon: ReactNode;
  readonly resumeIcon: ReactNode;
  readonly rollbackHref: string;
};

/** The primary button of each state, what it will do, and what it waits for where it is closed. */
export function nextAction(mode: ExecuteMode, snapshot: RunSnapshot, format: Format, controls: Controls): NextAction {
  const step = currentStep(snapshot.steps);
  const last = snapshot.steps.at(-1)?.ord ?? 1;
  const pause = { icon: controls.pauseIcon, onClick: () => controls.pause.run(), busy: controls.pause.busy };
  const resume = {
    label: resumeLabel(snapshot, format),
    icon: controls.resumeIcon,
    onClick: () => controls.resume.run(),
    busy: controls.resume.busy,
    note: 'Next: source, target and plan are compared again, then writing goes on after the last committed chunk.',
  };
  switch (mode) {
    case 'running':
      return {
        ...pause,
        label: 'Pause after this chunk',
        note: `Next: when step ${last} ends, it is validated. A pause waits for the chunk in hand; nothing is lost.`,
      };
    case 'about_to_stop':
      return {
        ...pause,
        label: 'Pause now',
        note: `Next: stops after ${step?.chunk ? `chunk ${format.number(step.chunk.at + 1)}` : 'this chunk'}. You can change the rule, replay what is set aside, then resume.`,
      };
    case 'stopping':
      return {
        ...pause,
        label: 'Pause after this chunk',
        disabled: true,
        note: 'Waits for: the chunk that is being written',
      };
    case 'lost':
      return { ...resume, disabled: true, note: 'Waits for: the engine. It resumes only when you say so' };
    case 'failed':
    case 'cancelled':
      return {
        label: 'Preview the rollback',
        href: controls.rollbackHref,
        note: 'Next: shows what would be restored and deleted. Nothing is changed.',
      };
    default:
      return resume;
  }
}
