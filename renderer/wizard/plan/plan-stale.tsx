import type { Difference } from '#shared/model/error.ts';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';

/** What differs between the plan and what is there now. The plan that was accepted is what runs, so this one does not. */
export function PlanStale({ differences }: { differences: readonly Difference[] }) {
  const changed = differences.filter((one) => !one.same);
  return (
    <>
      <Note severity="error" title={`${changed.map((one) => one.what).join(', ')} changed since the plan was made`}>
        Nothing was written. The plan is made again from what is there now, and is then to be accepted again.
      </Note>
      <Panel title="Plan and now" padded={false}>
        <section className="scroll" tabIndex={0} aria-label="Plan and now">
          <table className="tbl">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">In the plan</th>
                <th scope="col">Now</th>
                <th scope="col">Note</th>
              </tr>
            </thead>
            <tbody>
              {differences.map((one) => (
                <tr key={one.what}>
                  <td>
                    <span className="row">
                      <SeverityIcon severity={one.same ? 'ok' : 'error'} />
                      <span className="vh">{one.same ? 'Same' : 'Differs'}: </span>
                      {one.what}
                    </span>
                  </td>
                  <td className="mono">{one.inPlan}</td>
                  <td className={`mono ${one.same ? '' : 'err'}`}>{one.now}</td>
                  <td className="t2">{one.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </>
  );
}
