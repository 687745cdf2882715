import { Button, TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { usePick } from '../../profiles/use-pick.tsx';
import { type BundleConnection, labelOf } from './endpoint.ts';

type Props = {
  connection: BundleConnection;
  busy: boolean;
  /** Null puts a field back to what the profile says. */
  onChange: (fields: Record<string, string | null>) => void;
};

const narrow: Readonly<Record<string, string>> = { port: '70px', database: '120px', user: '150px', schema: '120px' };

/** Fields of an endpoint. A change holds for this machine, takes effect on leaving the field or with Enter, and is tested at once. */
export function EndpointForm({ connection, busy, onChange }: Props) {
  const [draft, setDraft] = useState<Record<string, string>>({});
  const { pick, dialog } = usePick();
  const names = Object.keys(connection.fields);
  const give = (name: string, value: string) => {
    setDraft(({ [name]: _given, ...others }) => others);
    if (value.trim() !== connection.fields[name]) onChange({ [name]: value.trim() });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>, name: string) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) give(name, event.currentTarget.value);
    if (event.key === 'Escape') setDraft(({ [name]: _dropped, ...others }) => others);
  };
  const browse = async (name: string) => {
    const path = await pick(
      connection.engine === 'folder' ? 'folder' : 'file',
      `${labelOf(name)} of ${connection.name}`,
    );
    if (path) give(name, path);
  };
  return (
    <>
      <div
        className="fields"
        style={{ gridTemplateColumns: names.map((name) => narrow[name] ?? 'minmax(0,1fr)').join(' ') }}
      >
        {names.map((name) => (
          <div key={name} className="row" style={{ alignItems: 'flex-end' }}>
            <TextInput
              className="grow"
              label={labelOf(name)}
              value={draft[name] ?? connection.fields[name] ?? ''}
              disabled={busy}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setDraft((others) => ({ ...others, [name]: value }));
              }}
              onBlur={(event) => draft[name] !== undefined && give(name, event.currentTarget.value)}
              onKeyDown={(event) => onKeyDown(event, name)}
            />
            {name === 'path' ? <Button onClick={() => void browse(name)}>Browse...</Button> : null}
          </div>
        ))}
      </div>
      {connection.overridden.length ? (
        <div className="row c12 t2" style={{ marginTop: 10 }}>
          <span>{connection.overridden.map(labelOf).join(', ')} set on this machine; the profile says otherwise.</span>
          <button
            type="button"
            className="link"
            style={{ marginLeft: 'auto' }}
            onClick={() => onChange(Object.fromEntries(connection.overridden.map((name) => [name, null])))}
          >
            Back to the profile
          </button>
        </div>
      ) : null}
      {dialog}
    </>
  );
}
