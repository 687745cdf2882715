import type { ReactNode } from 'react';

/** Names of the two sides, above a SideBySide. */
export function DiffHeads({ left, right }: { left: ReactNode; right: ReactNode }) {
  return (
    <div
      className="c12 t2"
      style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', borderBottom: '1px solid var(--line)' }}
    >
      <div style={{ padding: '7px 14px', borderRight: '1px solid var(--line)' }}>{left}</div>
      <div style={{ padding: '7px 14px' }}>{right}</div>
    </div>
  );
}
