import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BundleView } from '#shared/contract/bundle.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { CallError } from '../shared/call-error.tsx';
import type { BundleConnection } from './endpoint.ts';

type Props = { bundle: BundleView; connection: BundleConnection; onTaken: (bundle: BundleView) => void };

/** Takes a whole address apart into the fields above. A password in it goes where secrets go and is forgotten here. */
export function ServerAddress({ bundle, connection, onTaken }: Props) {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const info = useQuery(query.system.info.queryOptions());
  const [url, setUrl] = useState('');
  const keyStore = info.data?.can.keyStore ?? false;
  const keep = keyStore ? 'key_store' : 'session';
  const take = useMutation({
    mutationFn: () =>
      api.connection.setAddress({ path: bundle.path, connection: connection.name, url: url.trim(), keep }),
    onSuccess: (taken) => {
      setUrl('');
      void client.invalidateQueries({ queryKey: query.system.secrets.key() });
      onTaken(taken.bundle);
    },
  });
  const secret = take.data?.secret;
  return (
    <div style={{ marginTop: 12 }}>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          className="grow"
          label="Or paste an address"
          // What is typed so far may hold a password.
          type={/:\/\/[^/@]*:./.test(url) ? 'password' : 'text'}
          placeholder={
            connection.engine === 'mysql'
              ? 'mysql://user:password@host/database'
              : 'postgres://user:password@host/database'
          }
          value={url}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setUrl(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && url.trim() && !event.ctrlKey && !event.metaKey) take.mutate();
            if (event.key === 'Escape') setUrl('');
          }}
        />
        <Button disabled={!url.trim()} loading={take.isPending} onClick={() => take.mutate()}>
          Take over
        </Button>
      </div>
      {take.data && !take.isPending && !url ? (
        <p className="row c12 t2" role="status" style={{ marginTop: 8 }}>
          <SeverityIcon severity="ok" size={14} />
          <span>
            Taken apart into the fields above.{' '}
            {secret ? (
              <>
                Its password is secret <code>{secret}</code>,{' '}
                {keyStore ? 'in the key store of this machine.' : 'known until Overland ends.'}
              </>
            ) : (
              'It holds no password.'
            )}
          </span>
        </p>
      ) : (
        <p className="hint" style={{ marginTop: 6 }}>
          A password in it is kept{' '}
          {keyStore ? 'in the key store of this machine' : 'until Overland ends; this host has no key store'}. It is
          never stored with the address.
        </p>
      )}
      {take.error ? (
        <div style={{ marginTop: 8 }}>
          <CallError error={take.error} />
        </div>
      ) : null}
    </div>
  );
}
