import type { BundleView } from '#shared/contract/bundle.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';

export function BundleSteps({ steps }: { steps: BundleView['steps'] }) {
  const format = useFormat();
  const ordOf = new Map(steps.map((step) => [step.id, step.ord]));
  return (
    <Panel title="Steps" right={`${format.number(steps.length)}, in the order they run`} padded={false}>
      <section className="scroll" tabIndex={0} aria-label="Steps">
        <table className="tbl low fixed">
          <thead>
            <tr>
              <th scope="col" className="num" style={{ width: 44 }}>
                #
              </th>
              <th scope="col" style={{ width: '20%' }}>
                Step
              </th>
              <th scope="col" style={{ width: 74 }}>
                Kind
              </th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" style={{ width: 62 }}>
                Needs
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.id} title={step.words}>
                <td className="num t3">{step.ord}</td>
                <td className="m ell">{step.id}</td>
                <td className="t2">{step.kind}</td>
                <td>
                  <code className="ell" style={{ display: 'block' }} title={step.from}>
                    {step.from}
                  </code>
                </td>
                <td>
                  <code className="ell" style={{ display: 'block' }} title={step.to}>
                    {step.to}
                  </code>
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
