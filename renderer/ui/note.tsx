import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Severity, SeverityIcon } from './severity-icon.tsx';

const classes: Readonly<Record<Severity | 'run', string>> = {
  critical: 'error-n',
  error: 'error-n',
  warning: 'warn-n',
  ok: 'ok-n',
  info: '',
  run: 'acc-n',
};

type Props = {
  severity: Severity | 'run';
  /** What is so. */
  title: ReactNode;
  /** What it means and what can be done. */
  children?: ReactNode;
  actions?: ReactNode;
  role?: 'alert' | 'status' | 'note' | undefined;
};

/** Errors are announced once by `role=alert`; give `role="note"` where the same is announced elsewhere. */
export function Note({ severity, title, children, actions, role }: Props) {
  const loud = severity === 'error' || severity === 'critical';
  return (
    <div className={`note ${classes[severity]}`} role={role ?? (loud ? 'alert' : undefined)}>
      <span className="ni">
        {severity === 'run' ? (
          <IconInfoCircle size={16} color="var(--accent)" aria-hidden />
        ) : (
          <SeverityIcon severity={severity} size={16} />
        )}
      </span>
      <div className="nt">{title}</div>
      {children ? <div className="nb">{children}</div> : null}
      {actions ? <div className="na">{actions}</div> : null}
    </div>
  );
}
