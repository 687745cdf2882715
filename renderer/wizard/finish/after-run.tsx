import { Button } from '@mantine/core';
import { IconFileText, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { FinishView } from '#shared/contract/history.ts';
import { runHref } from '../../app/routes.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';

type Props = { readonly finish: FinishView; readonly onCleanup: () => void };

/** Report and clean-up. */
export function AfterRun({ finish, onCleanup }: Props) {
  const format = useFormat();
  const closed = finish.cleanupWaits;
  return (
    <Panel padded={false} title="After the run">
      <Line
        icon={<IconFileText size={17} stroke={1.6} aria-hidden />}
        title="Report"
        text="HTML, JSON, Markdown; no secrets"
      >
        <Button component="a" href={runHref(finish.runId, 'history', 'report')}>
          Export…
        </Button>
      </Line>
      <Line
        icon={<IconTrash size={17} stroke={1.6} aria-hidden />}
        title="Clean up"
        text={
          finish.cleanedAt
            ? `Done ${format.dateTime(finish.cleanedAt)}`
            : (closed ?? 'Removes what Overland left at the target')
        }
      >
        <Button variant="danger" disabled={closed !== null || finish.cleanedAt !== null} onClick={onCleanup}>
          Clean up…
        </Button>
      </Line>
    </Panel>
  );
}

function Line(props: { icon: ReactNode; title: string; text: string; children: ReactNode }) {
  return (
    <div
      className="li"
      style={{ gridTemplateColumns: '22px minmax(0,1fr) auto', cursor: 'default', background: 'none' }}
    >
      {props.icon}
      <span>
        <span className="m">{props.title}</span>
        <span className="c12 t3" style={{ display: 'block' }}>
          {props.text}
        </span>
      </span>
      {props.children}
    </div>
  );
}
