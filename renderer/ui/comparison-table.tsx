import type { ReactNode } from 'react';
import { useFormat } from './format/format-context.tsx';
import { SeverityIcon } from './severity-icon.tsx';

export type Compared = {
  readonly what: string;
  readonly left: string;
  readonly right: string;
  readonly same: boolean;
  /** Instead of `same` or `differs`. */
  readonly note?: string;
};

type Props = {
  readonly label: string;
  readonly heads: readonly [left: ReactNode, right: ReactNode];
  readonly rows: readonly Compared[];
  /** How a difference is marked: it stands in the way, or is worth a look. */
  readonly differs: 'error' | 'warning';
};

/** Properties of two things side by side, and whether they agree. */
export function ComparisonTable({ label, heads, rows, differs }: Props) {
  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      <table className="tbl low">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">{heads[0]}</th>
            <th scope="col">{heads[1]}</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ what, left, right, same, note }) => (
            <tr key={what}>
              <td className="m">{what}</td>
              <td className="t2">
                <Value text={left} />
              </td>
              <td className={same ? 't2' : differs === 'error' ? 'err m' : 'm'}>
                <Value text={right} />
              </td>
              <td className="nw">
                <span className="row">
                  <SeverityIcon severity={same ? 'ok' : differs} />
                  {note || (same ? 'same' : 'differs')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A hash is told by its ends; the whole of it is the title. The number behind the hash of a file is its size. */
function Value({ text }: { text: string }) {
  const format = useFormat();
  const short = text
    .replace(/^([0-9a-f]{32,}) (\d+)$/, (_, hash: string, size: string) => `${hash}, ${format.bytes(Number(size))}`)
    .replace(/[0-9a-f]{32,}/g, (hash) => `${hash.slice(0, 8)} … ${hash.slice(-4)}`);
  return <span title={short === text ? undefined : text}>{short}</span>;
}
