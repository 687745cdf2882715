import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { type BundleConnection, standardPort } from './endpoint.ts';
import { EndpointField } from './endpoint-field.tsx';

type Props = {
  connection: BundleConnection;
  busy: boolean;
  onChange: (fields: Record<string, string | null>) => void;
  onBrowse: (name: string) => Promise<string | null>;
};

const encryption = [
  { value: '', label: 'Standard: verified, off locally' },
  { value: 'verify', label: 'Encrypted, server verified' },
  { value: 'require', label: 'Encrypted, server not verified' },
  { value: 'off', label: 'Off' },
] as const;

const files = ['tls_ca', 'tls_cert', 'tls_key'] as const;

/** Where a server is, who asks, and how the way there is kept. Fields that the profile leaves out can be given too. */
export function ServerFields({ connection, busy, onChange, onBrowse }: Props) {
  const { fields, engine } = connection;
  const [more, setMore] = useState(false);
  const shown = more || [...files, 'connect_timeout'].some((name) => fields[name] !== undefined);
  const field = (name: string, placeholder?: string, path?: boolean) => (
    <EndpointField
      key={name}
      name={name}
      value={fields[name] ?? ''}
      busy={busy}
      placeholder={placeholder}
      onBrowse={path ? () => onBrowse(name) : undefined}
      // An empty field says nothing, so the profile's own word holds again.
      onGive={(given) => onChange({ [name]: given || null })}
    />
  );
  return (
    <div className="col" style={{ gap: 12 }}>
      <div className="fields" style={{ gridTemplateColumns: 'minmax(0,1fr) 74px 130px 130px' }}>
        {field('host', 'db-01, or the folder of a socket')}
        {field('port', standardPort(engine))}
        {field('database')}
        {field('user')}
      </div>
      <div
        className="fields"
        style={{
          gridTemplateColumns: ['minmax(0,1fr)', engine === 'mysql' ? '' : '130px', shown ? '' : 'auto'].join(' '),
        }}
      >
        <NativeSelect
          label="Encryption (TLS)"
          value={fields.tls ?? ''}
          disabled={busy}
          data={[...encryption]}
          onChange={(event) => onChange({ tls: event.currentTarget.value || null })}
        />
        {engine === 'mysql' ? null : field('schema', 'public')}
        {shown ? null : (
          <button
            type="button"
            className="link c12"
            style={{ alignSelf: 'end', paddingBottom: 8 }}
            onClick={() => setMore(true)}
          >
            Certificates and time limit...
          </button>
        )}
      </div>
      {shown ? (
        <div className="fields" style={{ gridTemplateColumns: '1fr 1fr' }}>
          {field('tls_ca', 'those of this system', true)}
          {field('tls_cert', 'none', true)}
          {field('tls_key', 'none', true)}
          {field('connect_timeout', '10s')}
        </div>
      ) : null}
    </div>
  );
}
