import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { ValidationView } from '#shared/contract/validation.ts';
import type { Severity } from '#shared/model/run.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { UnreadRow } from '../../ui/unread-row.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { CallError } from '../shared/call-error.tsx';
import { ExportIssues } from './export-issues.tsx';
import { IssueDetail } from './issue-detail.tsx';
import { type Issue, useIssues } from './use-issues.ts';

const severities: readonly Severity[] = ['critical', 'error', 'warning', 'info'];
const labels: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  error: 'Errors',
  warning: 'Warnings',
  info: 'Info',
};

/** All issues, worst first, with the offending row of the chosen one. */
export function IssuesTab({ runId, view }: { runId: string; view: ValidationView }) {
  const format = useFormat();
  const [severity, setSeverity] = useState<Severity | null>(null);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 150);
  const [selected, setSelected] = useState(0);
  const { total, rows: issues, error, reach } = useIssues(runId, severity, asked);
  const all = severities.reduce((sum, known) => sum + (view.bySeverity[known] ?? 0), 0);
  const chosen = issues[Math.min(selected, issues.length - 1)];
  return (
    <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 400px', flex: 1, minHeight: 380 }}>
      <Panel padded={false} label="Issues" busy={total === null}>
        <div className="row wrap" style={{ padding: '8px 12px', borderBottom: '1px solid var(--line)' }}>
          <SegmentedControl
            aria-label="Severity shown"
            value={severity ?? 'all'}
            onChange={(value) => {
              setSeverity(severities.find((known) => known === value) ?? null);
              setSelected(0);
            }}
            data={[
              { value: 'all', label: `All ${format.number(all)}` },
              ...severities.map((known) => ({
                value: known,
                label: `${labels[known]} ${format.number(view.bySeverity[known] ?? 0)}`,
              })),
            ]}
          />
          <TextInput
            data-search
            aria-label="Search issues"
            placeholder="Search  /"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={search}
            onChange={(event) => {
              setSearch(event.currentTarget.value);
              setSelected(0);
            }}
            style={{ flex: '1 1 140px' }}
          />
        </div>
        <CallError error={error} />
        {total === null ? (
          <SkeletonRows rows={8} height={46} />
        ) : total === 0 ? (
          <Empty title={all === 0 ? 'Validation found no issue' : 'No issue matches'}>
            {all === 0
              ? 'Rows that differ, are missing or break a rule would be listed here, worst first.'
              : severity === 'critical'
                ? 'Validation found nothing of severity critical.'
                : 'Clear the search or choose another severity.'}
          </Empty>
        ) : (
          <div className="list-room">
            <VirtualList
              items={issues}
              label={format.count(total, 'issue')}
              rowHeight={46}
              keyOf={(issue, index) => issue?.seq ?? `row ${index}`}
              selected={Math.min(selected, issues.length - 1)}
              onSelect={setSelected}
              onReach={reach}
              copy={(issue) => (issue ? `${issue.severity}\t${issue.message}\t${issue.path ?? ''}` : '')}
            >
              {(issue) => <IssueRow issue={issue} />}
            </VirtualList>
          </div>
        )}
        <div className="foot2">
          <ExportIssues runId={runId} severity={severity} search={asked} total={total ?? 0} />
        </div>
      </Panel>
      <IssueDetail issue={chosen} />
    </div>
  );
}

function IssueRow({ issue }: { issue: Issue | undefined }) {
  if (!issue) return <UnreadRow />;
  return (
    <span className="row t" style={{ minWidth: 0 }}>
      <SeverityIcon severity={issue.severity} />
      <span style={{ minWidth: 0 }}>
        <span className="ell" style={{ display: 'block' }}>
          <span className="vh">{severityWord[issue.severity]}: </span>
          {issue.message}
        </span>
        <span className="mono t3 ell" style={{ display: 'block', fontSize: 12 }}>
          {issue.path ?? issue.step ?? ''}
        </span>
      </span>
    </span>
  );
}
