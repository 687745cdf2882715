import type { ReactNode } from 'react';

type Props = { readonly name: string; readonly note?: ReactNode; readonly children?: ReactNode };

/** A setting: its name, one line on what it does, and its control at the right. */
export function SettingLine({ name, note, children }: Props) {
  return (
    <div className="li" style={{ gridTemplateColumns: 'minmax(0,1fr) auto', cursor: 'default', background: 'none' }}>
      <span style={{ minWidth: 0 }}>
        <span>{name}</span>
        {note ? (
          <span className="c12 t3" style={{ display: 'block', overflowWrap: 'anywhere' }}>
            {note}
          </span>
        ) : null}
      </span>
      <span>{children}</span>
    </div>
  );
}
