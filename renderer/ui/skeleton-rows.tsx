/** Grey bars in the shape of the rows that are being read. Put `aria-busy` on the region around it (Panel busy). */
export function SkeletonRows({ rows = 5, height = 33 }: { rows?: number; height?: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never change places
          key={`row ${row}`}
          className="row"
          style={{ height, padding: '0 14px', gap: 24, borderBottom: row < rows - 1 ? '1px solid var(--line)' : 0 }}
        >
          <span className="sk" style={{ width: 16 }} />
          <span className="sk" style={{ width: `${18 + ((row * 7) % 12)}%` }} />
          <span className="sk" style={{ width: `${28 + ((row * 11) % 16)}%` }} />
          <span className="sk" style={{ width: 64, marginLeft: 'auto' }} />
        </div>
      ))}
    </div>
  );
}
