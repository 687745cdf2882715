import type { ValidationView } from '#shared/contract/validation.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { compactHash } from '../backup/backup-words.ts';
import { AsideCount, asideOf } from '../shared/set-aside.tsx';
import { movesRecords } from './validate-words.ts';

/** Both ledgers, tables by count and digest, and the other checks. */
export function CountsTab({ view }: { view: ValidationView }) {
  return (
    <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 340px', flex: 1 }}>
      <div className="col" style={{ gap: 14 }}>
        <Ledger view={view} />
        <Tables view={view} />
      </div>
      <Checks view={view} />
    </div>
  );
}

function Ledger({ view }: { view: ValidationView }) {
  const format = useFormat();
  const total = view.ledger.filter(movesRecords).reduce<Counts>((sum, entry) => addCounts(sum, entry.counts), noCounts);
  return (
    <Panel padded={false} title="Nothing is lost in silence" right="read = accepted + set aside + filtered, per step">
      <section className="scroll" aria-label="Ledger per step" tabIndex={0}>
        <table className="tbl low">
          <TableHead
            heads={[
              'Step',
              { name: 'Read', numeric: true },
              { name: 'Accepted', numeric: true },
              { name: 'Set aside', numeric: true },
              { name: 'Filtered', numeric: true },
              { name: 'Rows written', numeric: true },
              'Result',
            ]}
          />
          <tbody>
            {view.ledger.map(({ step, counts, balanced }) => (
              <tr key={step}>
                <td className="m">{step}</td>
                <td className="num">{format.number(counts.read)}</td>
                <td className="num">{format.number(counts.accepted)}</td>
                <td className={`num ${asideTone(counts)}`}>
                  <AsideCount aside={asideOf(counts)} />
                </td>
                <td className={`num ${counts.filtered > 0 ? '' : 't3'}`}>{format.number(counts.filtered)}</td>
                <td className="num">{movesRecords({ counts }) ? format.number(rowsWritten(counts)) : ''}</td>
                <td className="nw">
                  <span className="row">
                    <SeverityIcon severity={balanced ? 'ok' : 'critical'} />
                    {balanced ? 'balances' : 'does not balance'}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Records in all</th>
              <td className="num">{format.number(total.read)}</td>
              <td className="num">{format.number(total.accepted)}</td>
              <td className="num">
                <AsideCount aside={asideOf(total)} />
              </td>
              <td className="num">{format.number(total.filtered)}</td>
              <td className="num">{format.number(rowsWritten(total))}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </section>
    </Panel>
  );
}

function asideTone(counts: Counts): string {
  const { records, rows } = asideOf(counts);
  return records + rows > 0 ? 'warn' : 't3';
}

/** What the tables below are held against. */
function rowsWritten(counts: Counts): number {
  return Object.values(counts.outputs).reduce((sum, output) => sum + output.emitted - output.rejected, 0);
}

const results = {
  equal: ['ok', 'equal'],
  differs: ['error', 'differs'],
  not_compared: ['info', 'not compared'],
} as const;

function Tables({ view }: { view: ValidationView }) {
  const format = useFormat();
  if (view.tables.length === 0) return null;
  return (
    <Panel padded={false} title="Tables" right="what was written, against what is found at the target now">
      <section className="scroll" aria-label="Tables by count and checksum" tabIndex={0}>
        <table className="tbl low">
          <TableHead
            heads={[
              'Table',
              'Step',
              { name: 'Rows written', numeric: true },
              { name: 'Rows found', numeric: true },
              'Checksum',
              'Result',
            ]}
          />
          <tbody>
            {view.tables.map((table) => {
              const [severity, word] = results[table.result];
              return (
                <tr key={`${table.step} ${table.table}`}>
                  <td className="m">{table.table}</td>
                  <td className="t2">{table.step}</td>
                  <td className="num">{format.number(table.expectedRows)}</td>
                  <td
                    className={`num ${table.foundRows !== null && table.foundRows !== table.expectedRows ? 'err b' : ''}`}
                  >
                    {table.foundRows === null ? '' : format.number(table.foundRows)}
                  </td>
                  <td>
                    <Checksum written={table.expectedDigest} found={table.foundDigest} />
                  </td>
                  <td className="nw">
                    <span className="row">
                      <SeverityIcon severity={severity} />
                      {word}
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

/** The one checksum of both sides, or both where they differ. */
function Checksum({ written, found }: { written: string; found: string | null }) {
  if (found === null || found === written) return <code title={written}>{compactHash(written)}</code>;
  return (
    <>
      <code title={written}>{compactHash(written)}</code>
      <span className="sub err">
        <code title={found}>{compactHash(found)}</code> found
      </span>
    </>
  );
}

function Checks({ view }: { view: ValidationView }) {
  return (
    <Panel padded={false} title="Other checks" right={`${view.checks.length}`}>
      {view.checks.length === 0 ? (
        <Empty title="No other check was made">Foreign keys, structure and rules of the profile appear here.</Empty>
      ) : (
        <section className="scroll" aria-label="Other checks" tabIndex={0} style={{ flex: '1 1 0', minHeight: 200 }}>
          <ul className="checks">
            {view.checks.map((check) => (
              <li key={`${check.check} ${check.steps}`} title={check.steps}>
                <SeverityIcon severity={check.severity} />
                <span className="vh">{severityWord[check.severity]}: </span>
                <span>
                  <span className="m">{check.check}</span>
                  <span className="c12 t2">{check.found}</span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Panel>
  );
}
