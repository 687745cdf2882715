import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BundleView } from '#shared/contract/bundle.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import type { Endpoint } from './endpoint.ts';
import { SecretEntry } from './secret-entry.tsx';

type Props = { bundle: BundleView; endpoint: Endpoint; onSaved: () => void };

const places = {
  key_store: 'is in the key store of this machine',
  session: 'is known until Overland ends',
  environment: 'comes from the environment',
} as const;

/** Secrets that an endpoint names: where each is kept, or a field to enter it. Values are never read back. */
export function EndpointSecrets({ bundle, endpoint, onSaved }: Props) {
  const { query } = useRpc();
  const format = useFormat();
  const { secrets } = endpoint.connection;
  const stored = useQuery(query.system.secrets.queryOptions({ enabled: secrets.length > 0 }));
  const [replacing, setReplacing] = useState<string | null>(null);
  return secrets.map((name) => {
    const known = stored.data?.find((secret) => secret.name === name);
    const missing = endpoint.report?.missingSecrets.includes(name) ?? (stored.isSuccess && !known);
    const entering = missing || replacing === name;
    return (
      <div key={name} style={{ marginTop: 10 }}>
        <div className="row c12 t2">
          <SeverityIcon severity={missing ? 'warning' : 'ok'} size={14} />
          <span>
            Secret <code>{name}</code>{' '}
            {missing ? 'is neither in the key store nor in the environment' : known ? places[known.where] : 'is known'}
            {known?.setAt ? `, set ${format.dateTime(known.setAt)}` : ''}
          </span>
          {entering || known?.where === 'environment' ? null : (
            <button type="button" className="link" style={{ marginLeft: 'auto' }} onClick={() => setReplacing(name)}>
              Replace...
            </button>
          )}
        </div>
        {entering ? (
          <SecretEntry
            name={name}
            bundle={bundle.id}
            onSaved={() => {
              setReplacing(null);
              onSaved();
            }}
          />
        ) : null}
      </div>
    );
  });
}
