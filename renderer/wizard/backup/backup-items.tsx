import type { BackupView } from '#shared/contract/backup.ts';
import { Bar } from '../../ui/bar.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateLabel } from '../../ui/state-label.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { compactHash } from './backup-words.ts';

type Item = BackupView['items'][number];

/** What the rollback point holds, how it was saved and whether it was read back. */
export function BackupItems({ view }: { view: BackupView }) {
  const format = useFormat();
  return (
    <Panel
      padded={false}
      title="Rollback point"
      right={<MiddleEllipsis text={format.path(view.location)} tail={24} mono />}
    >
      <section className="scroll" aria-label="What is saved" tabIndex={0}>
        <table className="tbl mid46">
          <TableHead
            heads={[
              'Object',
              'How',
              { name: 'Size', numeric: true },
              'SHA-256',
              { name: 'Took', numeric: true },
              'State',
            ]}
          />
          <tbody>
            {view.items.map((item) => (
              <ItemRow key={item.seq} item={item} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function ItemRow({ item }: { item: Item }) {
  const format = useFormat();
  return (
    <tr>
      <td style={{ maxWidth: 260 }}>
        <span className="m">{item.subject}</span>
        {item.object === '' ? null : (
          <span className="sub">
            <MiddleEllipsis text={item.object} tail={16} />
          </span>
        )}
      </td>
      <td className="t2">{item.how}</td>
      <td className="num">{item.bytes === null || item.state === 'skipped' ? '' : format.bytes(item.bytes)}</td>
      <td className="nw">
        {item.state === 'running' && item.bytes !== null ? (
          <Doing item={item} bytes={item.bytes} />
        ) : item.sha256 ? (
          <code title={item.sha256}>{compactHash(item.sha256)}</code>
        ) : null}
      </td>
      <td className="num t2">
        {item.tookMs === null || item.state === 'skipped' ? '' : format.duration(item.tookMs / 1000)}
      </td>
      <td className="nw">
        <StateLabel state={item.state} text={stateWords(item)} />
      </td>
    </tr>
  );
}

function Doing({ item, bytes }: { item: Item; bytes: number }) {
  const format = useFormat();
  const doing = item.doing ?? 'saving';
  return (
    <span style={{ display: 'grid', gap: 3, width: 140 }}>
      <span className="c12 t2">
        {doing}, {format.percent(item.doneBytes, bytes)}
      </span>
      <Bar
        value={item.doneBytes}
        max={bytes}
        label={`${item.object}, ${doing}`}
        text={`${format.bytes(item.doneBytes)} of ${format.bytes(bytes)}`}
      />
    </span>
  );
}

function stateWords(item: Item): string | undefined {
  switch (item.state) {
    case 'completed':
      return 'Verified';
    case 'skipped':
      return item.bytes === null ? 'Only read' : 'Nothing to save';
    case 'running':
      return item.doing === 'reading back' ? 'Verifying' : 'Saving';
    case 'failed':
      return 'Not verified';
    default:
      return undefined;
  }
}
