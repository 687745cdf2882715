import type { Counts } from '#shared/model/run.ts';
import { Accounts } from '../../ui/accounts.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Read = accepted + set aside + filtered. An equation that does not hold is said, never hidden. */
export function AccountsPanel({ counts, stopped }: { counts: Counts; stopped: boolean }) {
  const format = useFormat();
  const balanced = counts.read === counts.accepted + counts.rejected + counts.filtered;
  const title = stopped ? 'Up to the stop' : 'Every record is accounted for';
  return (
    <Panel title={balanced ? title : 'The accounts do not balance'} right="records">
      <Accounts
        entries={[
          { name: 'Read', value: format.number(counts.read), tone: balanced ? undefined : 'err' },
          { name: 'Accepted', value: format.number(counts.accepted) },
          {
            name: 'Set aside',
            value: format.number(counts.rejected),
            tone: counts.rejected > 0 ? (stopped ? 'err' : 'warn') : undefined,
          },
          { name: 'Filtered by the profile', value: format.number(counts.filtered) },
        ]}
      />
    </Panel>
  );
}
