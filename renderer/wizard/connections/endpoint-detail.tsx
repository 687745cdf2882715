import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { BundleView } from '#shared/contract/bundle.ts';
import type { Finding } from '#shared/model/finding.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Quoted } from '../../ui/quoted.tsx';
import { type Endpoint, isServer, labelOf, openFields, productOf, roleOf } from './endpoint.ts';
import { EndpointFacts } from './endpoint-facts.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { EndpointSecrets } from './endpoint-secrets.tsx';
import { ServerAddress } from './server-address.tsx';
import type { Endpoints } from './use-endpoints.ts';

type Props = { bundle: BundleView; endpoint: Endpoint; all: Endpoints };

/** One endpoint: where it is, its secrets, what stands in the way, what the test found. */
export function EndpointDetail({ bundle, endpoint, all }: Props) {
  const { connection, report } = endpoint;
  const open = openFields(connection);
  const loud = report?.findings.filter(({ severity }) => severity !== 'info') ?? [];
  return (
    <div className="col g12">
      <Panel
        title={
          <span className="row">
            {connection.name}
            <span className="t3" style={{ fontWeight: 400 }}>
              {roleOf(endpoint)}, {productOf(endpoint)}
            </span>
          </span>
        }
        right={
          <Button
            leftSection={<IconRefresh size={15} aria-hidden />}
            loading={all.testing(connection.name)}
            onClick={() => all.testOne(connection.name)}
          >
            Test
          </Button>
        }
      >
        <EndpointForm
          connection={connection}
          busy={all.overriding}
          onChange={(fields) => all.override(connection.name, fields)}
        />
        {isServer(connection) ? (
          <ServerAddress
            bundle={bundle}
            connection={connection}
            onTaken={(taken) => all.changed(taken, connection.name)}
          />
        ) : null}
        <EndpointSecrets bundle={bundle} endpoint={endpoint} onSaved={() => all.testOne(connection.name)} />
      </Panel>
      {open.length ? (
        <Note severity="warning" title={`The profile leaves ${connection.name} open`}>
          {open.map(labelOf).join(', ')} of this endpoint {open.length === 1 ? 'is' : 'are'} given on this machine. What
          is entered above is kept for this bundle and is part of the plan.
        </Note>
      ) : null}
      {loud.map((finding) => (
        <FindingNote key={`${finding.category} ${finding.message}`} finding={finding} />
      ))}
      {report?.facts.length ? <EndpointFacts report={report} /> : null}
    </div>
  );
}

function FindingNote({ finding }: { finding: Finding }) {
  const { suggestion } = finding;
  const statement = suggestion !== null && isStatement(suggestion) ? suggestion : null;
  return (
    <Note severity={finding.severity} title={<Quoted text={finding.message} />} role="note">
      {statement ? (
        <>
          Ask the owner of the database to run this, then test again.
          <div className="row" style={{ marginTop: 8 }}>
            <pre className="code grow" tabIndex={0} style={{ padding: '5px 10px' }}>
              {statement}
            </pre>
            <CopyButton text={statement} />
          </div>
        </>
      ) : (
        <Quoted text={suggestion ?? ''} />
      )}
    </Note>
  );
}

/** What can be run as it stands, such as a GRANT. */
function isStatement(text: string): boolean {
  return /^(?:GRANT|CREATE|ALTER) .*;$/s.test(text.trim());
}
