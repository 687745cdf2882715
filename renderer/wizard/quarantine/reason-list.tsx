import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import type { Summary } from './quarantine-types.ts';

type Props = { readonly summary: Summary; readonly chosen: number; readonly onChoose: (index: number) => void };

/** Why records were set aside, by count. */
export function ReasonList({ summary, chosen, onChoose }: Props) {
  const format = useFormat();
  const list = useRovingList<HTMLDivElement>();
  return (
    <Panel
      padded={false}
      title="Reasons"
      right="by count"
      style={{ alignSelf: 'start', maxHeight: '100%' }}
      foot={
        <span className="row" style={{ justifyContent: 'space-between' }}>
          <span>In all</span>
          <span className="num b">{format.number(summary.total)}</span>
        </span>
      }
    >
      <div
        ref={list.ref}
        onKeyDown={list.onKeyDown}
        role="group"
        aria-label="Reasons"
        style={{ overflow: 'auto', minHeight: 0 }}
      >
        {summary.reasons.map((reason, index) => (
          <button
            key={`${reason.step} ${reason.code}`}
            type="button"
            className="li"
            data-row
            data-copy={`${reason.message}\t${reason.step}\t${reason.count}`}
            aria-current={index === chosen ? 'true' : undefined}
            style={{ gridTemplateColumns: 'minmax(0,1fr) auto' }}
            onClick={() => onChoose(index)}
          >
            <span style={{ minWidth: 0 }}>
              <span className={index === chosen ? 'm' : undefined} style={{ lineHeight: 1.3, display: 'block' }}>
                {reason.message}
              </span>
              <span className="c12 t3">
                {reason.step}
                {reason.open === reason.count ? '' : `, ${format.number(reason.open)} open`}
              </span>
            </span>
            <span className="num m">{format.number(reason.count)}</span>
          </button>
        ))}
      </div>
    </Panel>
  );
}
