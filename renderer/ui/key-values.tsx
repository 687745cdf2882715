import { Fragment, type ReactNode } from 'react';

/** Name and value, two columns. Rows whose value is null are left out: what is not known is not shown. */
export function KeyValues({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="kv">
      {rows.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{breakable(name)}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** A long name of a column breaks after an underscore, not in a word. */
function breakable(name: string): ReactNode {
  const parts = name.split(/(?<=_)/);
  if (parts.length === 1) return name;
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts are the name in order and have no other identity
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}
