import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
  IconOctagonFilled,
} from '@tabler/icons-react';

export type Severity = 'critical' | 'error' | 'warning' | 'info' | 'ok';

export const severityWord: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  error: 'Error',
  warning: 'Warning',
  info: 'Info',
  ok: 'In order',
};

/** Each severity has a shape of its own, so that colour is never the only sign. Hidden from screen readers: a word stands beside it. */
export function SeverityIcon({ severity, size = 15 }: { severity: Severity; size?: number }) {
  const shared = { size, stroke: 2, 'aria-hidden': true as const, style: { flex: 'none' } };
  switch (severity) {
    case 'critical':
      return <IconOctagonFilled {...shared} color="var(--error-mark)" />;
    case 'error':
      return <IconCircleX {...shared} color="var(--error-mark)" />;
    case 'warning':
      return <IconAlertTriangle {...shared} color="var(--warn-mark)" />;
    case 'ok':
      return <IconCircleCheck {...shared} color="var(--ok-mark)" />;
    case 'info':
      return <IconInfoCircle {...shared} color="var(--text-3)" />;
  }
}
