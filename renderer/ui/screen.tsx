import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { navigate } from './navigate.ts';
import { onTableKey } from './table-keys.ts';

export type NextAction = {
  /** Says what happens: `Accept plan and back up`. */
  label: string;
  /** What it will do and whether anything changes; when closed, what it waits for. */
  note?: ReactNode;
  disabled?: boolean | undefined;
  /** Started and not yet answered. */
  busy?: boolean | undefined;
  danger?: boolean | undefined;
  icon?: ReactNode;
  /** Address to go to, or work to do. */
  href?: string | undefined;
  onClick?: (() => void) | undefined;
};

export type ScreenProps = {
  /** What the screen is for. */
  question: string;
  /** The answer, with the figure that decides. */
  title: ReactNode;
  lead?: ReactNode;
  /** Right of the heading. */
  side?: ReactNode;
  children: ReactNode;
  /** Pinned between content and actions: consent. */
  pin?: ReactNode;
  next?: NextAction | undefined;
  back?: { label: string; href: string } | undefined;
  /** Secondary actions beside back. */
  extra?: ReactNode;
  busy?: boolean | undefined;
};

/** Question above, answer as heading, one primary button bottom right. Ctrl Enter presses the button marked `data-primary`. */
export function Screen({ question, title, lead, side, children, pin, next, back, extra, busy }: ScreenProps) {
  return (
    <div className="page">
      <main tabIndex={0} aria-label={question} aria-busy={busy || undefined} onKeyDown={onTableKey}>
        <div className="title">
          <div>
            <p className="q">{question}</p>
            <h1>{title}</h1>
            {lead ? <p className="lead">{lead}</p> : null}
          </div>
          {side ? <div className="side">{side}</div> : null}
        </div>
        {children}
      </main>
      {pin}
      {next || back || extra ? (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: outside main a footer is the contentinfo landmark, which takes a name
        <footer className="foot" aria-label="Actions">
          {back ? (
            <Button variant="quiet" component="a" href={back.href}>
              {back.label}
            </Button>
          ) : null}
          {extra}
          {next ? <Next next={next} /> : null}
        </footer>
      ) : null}
    </div>
  );
}

function Next({ next }: { next: NextAction }) {
  const closed = Boolean(next.disabled || next.busy);
  const act = () => {
    if (closed) return;
    if (next.onClick) next.onClick();
    else if (next.href) navigate(next.href);
  };
  return (
    <>
      <span className="next" id="next-note" aria-live="polite">
        {next.note}
      </span>
      <Button
        variant={next.danger ? 'dangerFill' : 'primary'}
        disabled={closed}
        aria-busy={next.busy || undefined}
        aria-describedby="next-note"
        onClick={act}
        data-primary
        leftSection={next.icon}
      >
        {next.label}
        {closed ? null : <kbd aria-hidden>{isMac ? '⌘' : 'Ctrl'} ↵</kbd>}
      </Button>
    </>
  );
}

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac OS');
