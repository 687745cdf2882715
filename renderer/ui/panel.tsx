import type { CSSProperties, ReactNode } from 'react';

type Props = {
  title?: ReactNode;
  /** Right end of the header: a fact, a filter, a small button. */
  right?: ReactNode;
  foot?: ReactNode;
  /** Off for tables and lists that reach the edge. */
  padded?: boolean | undefined;
  style?: CSSProperties | undefined;
  /** Names the region where there is no title. */
  label?: string | undefined;
  busy?: boolean | undefined;
  children: ReactNode;
};

export function Panel({ title, right, foot, padded = true, style, label, busy, children }: Props) {
  return (
    <section className="panel" style={style} aria-label={label} aria-busy={busy || undefined}>
      {title ? (
        <header>
          <h2>{title}</h2>
          {right ? <div className="r">{right}</div> : null}
        </header>
      ) : null}
      {padded ? <div className="body">{children}</div> : children}
      {foot ? <div className="foot2">{foot}</div> : null}
    </section>
  );
}
