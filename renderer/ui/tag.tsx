import { IconOctagonFilled, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Severity, SeverityIcon } from './severity-icon.tsx';

const classes: Readonly<Record<Severity | 'run', string>> = {
  critical: 'critical-t',
  error: 'error-t',
  warning: 'warn-t',
  ok: 'ok-t',
  info: 'plain',
  run: 'run-t',
};

/** A short word with its severity; without one a plain grey label. */
export function Tag({ severity, children }: { severity?: Severity | 'run' | undefined; children: ReactNode }) {
  return (
    <span className={`tag ${severity ? classes[severity] : 'plain'}`}>
      {severity === 'critical' ? <IconOctagonFilled size={12} aria-hidden /> : null}
      {severity === 'run' ? <IconPlayerPlay size={12} aria-hidden /> : null}
      {severity && severity !== 'critical' && severity !== 'run' ? (
        <SeverityIcon severity={severity} size={13} />
      ) : null}
      {children}
    </span>
  );
}
