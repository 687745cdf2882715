import { Fragment, type ReactNode } from 'react';

export type Account = { name: string; value: ReactNode; tone?: 'ok' | 'warn' | 'err' | undefined };

/** The ledger as an equation: the first equals the sum of the others. */
export function Accounts({ entries }: { entries: readonly Account[] }) {
  return (
    <div className="eq">
      {entries.map((entry, index) => (
        <Fragment key={entry.name}>
          {index > 0 ? <span className="op">{index === 1 ? '=' : '+'}</span> : null}
          <div>
            <div className="k">{entry.name}</div>
            <div className={`n ${entry.tone ?? ''}`}>{entry.value}</div>
          </div>
        </Fragment>
      ))}
    </div>
  );
}
