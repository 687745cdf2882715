import type { BundleView } from '#shared/contract/bundle.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { kindIcons } from '../../ui/kind-icon.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TableHead } from '../../ui/table-head.tsx';

export function BundleSteps({ steps }: { steps: BundleView['steps'] }) {
  const format = useFormat();
  const ordOf = new Map(steps.map((step) => [step.id, step.ord]));
  return (
    <Panel title="Steps" right={`${format.number(steps.length)}, in the order they run`} padded={false}>
      <section className="scroll" tabIndex={0} aria-label="Steps">
        <table className="tbl low fixed">
          <TableHead
            heads={[
              { name: '#', numeric: true, width: 36 },
              { name: 'Step', width: 132 },
              'From',
              { name: 'To', width: 148 },
              { name: 'Needs', width: 62 },
            ]}
          />
          <tbody>
            {steps.map((step) => (
              <tr key={step.id} title={step.words}>
                <td className="num t3">{step.ord}</td>
                <td className="m">
                  <span className="row" style={{ gap: 6 }}>
                    <Kind kind={step.kind} />
                    <span className="ell">{step.id}</span>
                  </span>
                </td>
                <td>
                  <MiddleEllipsis text={step.from} mono />
                </td>
                <td>
                  <MiddleEllipsis text={step.to} mono />
                </td>
                <td className="t2">{step.needs.map((id) => ordOf.get(id) ?? id).join(', ') || 'none'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function Kind({ kind }: { kind: keyof typeof kindIcons }) {
  const Icon = kindIcons[kind];
  return (
    <span title={`${kind} step`} style={{ display: 'flex', flex: 'none' }}>
      <Icon size={15} stroke={1.75} className="t2" aria-hidden />
      <span className="vh">{kind}: </span>
    </span>
  );
}
