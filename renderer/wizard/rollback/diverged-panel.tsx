import { Radio } from '@mantine/core';
import type { RollbackView } from '#shared/contract/rollback.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';

export type DivergedChoice = 'stop' | 'keep' | 'export_and_remove';

type Props = {
  readonly view: RollbackView;
  /** Null until the operator has decided. */
  readonly choice: DivergedChoice | null;
  readonly onChoice: (choice: DivergedChoice) => void;
};

const choices: readonly { readonly value: DivergedChoice; readonly label: string; readonly description: string }[] = [
  {
    value: 'stop',
    label: 'Stop at them',
    description: 'The rollback ends before the first of these rows. It can be resumed.',
  },
  {
    value: 'keep',
    label: 'Keep them',
    description: 'Everything else is undone; these rows stay, so the old state is not proven.',
  },
  {
    value: 'export_and_remove',
    label: 'Export, then remove them',
    description: 'Each row is written to a file beside the rollback point first.',
  },
];

/** Rows that others changed since this run wrote them. Nothing is done about them without a decision. */
export function DivergedPanel({ view, choice, onChoice }: Props) {
  const format = useFormat();
  const rows = view.diverged.reduce((sum, finding) => sum + (finding.count ?? 1), 0);
  return (
    <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 400px', alignItems: 'start' }}>
      <Panel
        title={`${format.count(rows, 'row')} differ${rows === 1 ? 's' : ''} from what this run wrote`}
        right="for you to decide"
      >
        <DivergedList view={view} />
      </Panel>
      <Panel title="What happens to them">
        <Radio.Group
          aria-label="What happens to rows that others changed"
          value={choice ?? ''}
          onChange={(value) => {
            const chosen = choices.find((known) => known.value === value);
            if (chosen) onChoice(chosen.value);
          }}
        >
          <div className="col" style={{ gap: 10 }}>
            {choices.map((known) => (
              <Radio
                key={known.value}
                size="xs"
                styles={{ radio: { borderColor: 'var(--line-strong)' } }}
                value={known.value}
                label={known.label}
                description={known.description}
              />
            ))}
          </div>
        </Radio.Group>
      </Panel>
    </div>
  );
}

/** Findings about rows that are not as this run wrote them. */
export function DivergedList({ view }: { view: RollbackView }) {
  return (
    <ul className="col scroll" style={{ gap: 8, maxHeight: 260 }} tabIndex={0} aria-label="Rows that differ">
      {view.diverged.map((finding) => (
        <li key={`${finding.path} ${finding.message}`} className="row t">
          <SeverityIcon severity={finding.severity} />
          <span>
            {finding.message}
            {finding.oldValue !== null || finding.newValue !== null ? (
              <span className="c12 t2" style={{ display: 'block' }}>
                written <code>{finding.oldValue ?? '(absent)'}</code>, now <code>{finding.newValue ?? '(absent)'}</code>
              </span>
            ) : null}
            {finding.suggestion ? (
              <span className="c12 t3" style={{ display: 'block' }}>
                {finding.suggestion}
              </span>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
