import type { ReactNode } from 'react';

/** One bold line, one line on what will appear here. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="b">{title}</span>
      {children ? <span className="c12">{children}</span> : null}
    </div>
  );
}
