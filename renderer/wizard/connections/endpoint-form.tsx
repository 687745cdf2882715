import { usePick } from '../../profiles/use-pick.tsx';
import { type BundleConnection, isServer, labelOf } from './endpoint.ts';
import { EndpointField } from './endpoint-field.tsx';
import { ServerFields } from './server-fields.tsx';

type Props = {
  connection: BundleConnection;
  busy: boolean;
  /** Null puts a field back to what the profile says. */
  onChange: (fields: Record<string, string | null>) => void;
};

/** Fields of an endpoint. A change holds for this machine, takes effect on leaving the field or with Enter, and is tested at once. */
export function EndpointForm({ connection, busy, onChange }: Props) {
  const { pick, dialog } = usePick();
  const browse = (name: string) =>
    pick(connection.engine === 'folder' ? 'folder' : 'file', `${labelOf(name)} of ${connection.name}`);
  return (
    <>
      {isServer(connection) ? (
        <ServerFields connection={connection} busy={busy} onChange={onChange} onBrowse={browse} />
      ) : (
        <div className="fields">
          {Object.entries(connection.fields).map(([name, value]) => (
            <EndpointField
              key={name}
              name={name}
              value={value}
              busy={busy}
              onBrowse={name === 'path' ? () => browse(name) : undefined}
              onGive={(given) => onChange({ [name]: given })}
            />
          ))}
        </div>
      )}
      {connection.overridden.length ? (
        <div className="row c12 t2" style={{ marginTop: 10 }}>
          <span>{connection.overridden.map(labelOf).join(', ')} set on this machine; the profile says otherwise.</span>
          <button
            type="button"
            className="link"
            style={{ marginLeft: 'auto' }}
            onClick={() => onChange(backToProfile(connection))}
          >
            Back to the profile
          </button>
        </div>
      ) : null}
      {dialog}
    </>
  );
}

/** The name of the secret goes with the fields: it was chosen for the address that they came from. */
function backToProfile(connection: BundleConnection): Record<string, null> {
  const names = isServer(connection) ? [...connection.overridden, 'secret'] : connection.overridden;
  return Object.fromEntries(names.map((name) => [name, null]));
}
