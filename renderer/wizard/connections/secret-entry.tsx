import { Button, PasswordInput, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { CallError } from '../shared/call-error.tsx';

type Keep = 'key_store' | 'session';

/** Takes a secret and hands it to the engine. The value is forgotten here as soon as it is handed over. */
export function SecretEntry({ name, bundle, onSaved }: { name: string; bundle: string; onSaved: () => void }) {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const info = useQuery(query.system.info.queryOptions());
  const [value, setValue] = useState('');
  const [keep, setKeep] = useState<Keep | null>(null);
  const keyStore = info.data?.can.keyStore ?? false;
  const where: Keep = keep ?? (keyStore ? 'key_store' : 'session');
  const save = useMutation({
    mutationFn: () => api.system.setSecret({ name, bundle, value, keep: where }),
    onSuccess: () => {
      setValue('');
      void client.invalidateQueries({ queryKey: query.system.secrets.key() });
      onSaved();
    },
  });
  return (
    <div style={{ marginTop: 8 }}>
      <div className="row wrap" style={{ alignItems: 'flex-end', gap: 12 }}>
        <PasswordInput
          label={name}
          value={value}
          autoComplete="off"
          onChange={(event) => setValue(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && value && !event.ctrlKey && !event.metaKey) save.mutate();
          }}
          style={{ flex: 1, minWidth: 200 }}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
        />
        <SegmentedControl
          aria-label="Where to keep the secret"
          value={where}
          onChange={(chosen) => setKeep(chosen as Keep)}
          data={[
            { value: 'key_store', label: 'Key store', disabled: !keyStore },
            { value: 'session', label: 'This session only' },
          ]}
        />
        <Button onClick={() => save.mutate()} disabled={!value} loading={save.isPending}>
          Save and test
        </Button>
      </div>
      <p className="hint" style={{ marginTop: 8 }}>
        {info.data?.keyStoreNote ?? 'Kept by the key store of the operating system.'} It is never written to the
        profile, the journal, a log, a report or an address.
      </p>
      <CallError error={save.error} />
    </div>
  );
}
