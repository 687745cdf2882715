import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SystemInfo } from '#shared/contract/system.ts';
import { useRpc } from '../rpc/rpc-context.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Empty } from '../ui/empty.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../ui/middle-ellipsis.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { TableHead } from '../ui/table-head.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { useAction } from '../wizard/shared/use-action.ts';

const places = { key_store: 'key store', session: 'this session', environment: 'environment' } as const;

/** Names of secrets and where their values are; a value is never shown. */
export function SecretsPanel({ info }: { info: SystemInfo }) {
  const { query } = useRpc();
  const format = useFormat();
  const secrets = useQuery(query.system.secrets.queryOptions());
  const [forgetting, setForgetting] = useState<string | null>(null);
  const foot = `Values are never shown, logged or exported.${info.keyStoreNote ? ` ${info.keyStoreNote}` : ''}`;
  return (
    <Panel
      title="Secrets"
      padded={false}
      right={info.can.keyStore ? 'in the key store of this machine' : 'for this session only'}
      foot={foot}
      busy={secrets.isPending}
    >
      <CallError error={secrets.error} onRetry={() => void secrets.refetch()} />
      {secrets.isPending ? <SkeletonRows rows={3} /> : null}
      {secrets.data?.length === 0 ? (
        <Empty title="No secret is kept">Secrets that a connection asks for are listed here by name.</Empty>
      ) : null}
      {secrets.data && secrets.data.length > 0 ? (
        <section className="scroll" aria-label="Names of secrets" tabIndex={0}>
          <table className="tbl">
            <TableHead heads={['Name', 'Bundle', 'Where', 'Set', { name: 'Action', unseen: true }]} />
            <tbody>
              {secrets.data.map((secret) => (
                <tr key={`${secret.bundle} ${secret.name}`}>
                  <td>
                    <code>{secret.name}</code>
                  </td>
                  <td style={{ maxWidth: 130 }}>
                    <span style={{ display: 'flex' }}>
                      <MiddleEllipsis text={secret.bundle ?? 'all'} tail={8} />
                    </span>
                  </td>
                  <td className="nw t2">{places[secret.where]}</td>
                  <td className="nw t2">{secret.setAt ? format.day(secret.setAt) : ''}</td>
                  <td className="num">
                    {secret.where === 'environment' ? null : (
                      <button
                        type="button"
                        className="link c12"
                        aria-label={`Forget ${secret.name}`}
                        onClick={() => setForgetting(secret.name)}
                      >
                        Forget…
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
      <ForgetDialog name={forgetting} onClose={() => setForgetting(null)} />
    </Panel>
  );
}

function ForgetDialog({ name, onClose }: { name: string | null; onClose: () => void }) {
  const remove = useAction((api, secret: string) => api.system.removeSecret({ name: secret }), onClose);
  return (
    <Dialog opened={name !== null} onClose={onClose} label={`Forget ${name ?? ''}?`}>
      <p className="t2">Connections that need it ask for it again. Nothing is changed at a source or target.</p>
      <CallError error={remove.error} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          Keep it
        </Button>
        <Button variant="dangerFill" disabled={remove.busy} onClick={() => name && remove.run(name)}>
          Forget the secret
        </Button>
      </DialogActions>
    </Dialog>
  );
}
