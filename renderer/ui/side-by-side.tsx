import { Fragment, useMemo } from 'react';
import { changedPart, type DiffRow, diffLines } from './diff-lines.ts';

type Props = {
  before: string;
  after: string;
  label: string;
  /** Long lines go on below instead of being cut. */
  wrap?: boolean | undefined;
  /** Number of the first line, where the texts are parts; 1 unless given. */
  firstLine?: number | undefined;
};

/** Two texts in aligned rows, changed words marked, gaps sunken. For texts of a few hundred lines: every row stands in the document. */
export function SideBySide({ before, after, label, wrap, firstLine = 1 }: Props) {
  const rows = useMemo(() => diffLines(before, after), [before, after]);
  return (
    <section className={`diff scroll ${wrap ? 'wrap-lines' : ''}`} aria-label={label} tabIndex={0}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are the text in order and have no other identity
        <Fragment key={index}>
          <Side row={row} side="left" above={firstLine - 1} />
          <Side row={row} side="right" above={firstLine - 1} />
        </Fragment>
      ))}
    </section>
  );
}

function Side({ row, side, above }: { row: DiffRow; side: 'left' | 'right'; above: number }) {
  const cell = row[side];
  if (!cell) return <div className="gap" aria-hidden />;
  const tone = { same: '', changed: 'chg', added: 'add', removed: 'del' }[row.kind];
  return (
    <div className={tone}>
      <span className="ln" aria-hidden>
        {cell.line + above}
      </span>
      <span className="tx" title={cell.text.length > 60 ? cell.text : undefined}>
        {row.kind === 'changed' && row.left && row.right ? (
          <Marked left={row.left.text} right={row.right.text} side={side} />
        ) : (
          cell.text
        )}
      </span>
    </div>
  );
}

function Marked({ left, right, side }: { left: string; right: string; side: 'left' | 'right' }) {
  const { start, leftEnd, rightEnd } = changedPart(left, right);
  const text = side === 'left' ? left : right;
  const end = side === 'left' ? leftEnd : rightEnd;
  return (
    <>
      {text.slice(0, start)}
      {end > start ? <mark className={side === 'left' ? 'd' : 'a'}>{text.slice(start, end)}</mark> : null}
      {text.slice(end)}
    </>
  );
}
