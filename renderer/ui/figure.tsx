import type { ReactNode } from 'react';

type Props = {
  name: ReactNode;
  value: ReactNode;
  /** Line below: what the figure rests on. */
  extra?: ReactNode;
  big?: boolean | undefined;
  tone?: 'ok' | 'warn' | 'err' | 'acc' | undefined;
};

export function Figure({ name, value, extra, big, tone }: Props) {
  return (
    <div className="fig">
      <span className="k">{name}</span>
      <span className={`n ${big ? 'big' : ''} ${tone ?? ''}`}>{value}</span>
      {extra ? <span className="x">{extra}</span> : null}
    </div>
  );
}

/** Figures side by side in one surface. */
export function Figures({ children }: { children: ReactNode }) {
  return <div className="figs">{children}</div>;
}
