import { Button, Tabs } from '@mantine/core';
import type { ValidationView } from '#shared/contract/validation.ts';
import { useRoute } from '../../app/route-context.tsx';
import { runHref } from '../../app/routes.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { CountsTab } from './counts-tab.tsx';
import { IssuesTab } from './issues-tab.tsx';
import { validatedLead, validatedTitle } from './validate-words.ts';

/** The result of a validation: issues, then counts and checks. */
export function Validated({ run, view }: { run: Run; view: ValidationView }) {
  const { runId } = run;
  const { variant } = useRoute();
  const format = useFormat();
  const full = useAction((api) => api.run.validate({ runId, full: true }));
  const bad = (view.bySeverity.critical ?? 0) + (view.bySeverity.error ?? 0);
  const all = Object.values(view.bySeverity).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  // Without an issue, what agrees is the answer.
  const tab = variant === 'counts' || (variant === '' && all === 0) ? 'counts' : 'issues';
  const validating = run.snapshot?.phase === 'validate';
  return (
    <Screen
      question="Did everything arrive as it should?"
      title={validatedTitle(view, format)}
      lead={validatedLead(view, format)}
      back={{ label: 'Back to execute', href: runHref(runId, 'execute') }}
      extra={
        validating ? (
          <>
            {view.level === 'quick' ? (
              <Button disabled={full.busy || run.lost} onClick={() => full.run()}>
                Validate in full
              </Button>
            ) : null}
            <Button variant="danger" component="a" href={runHref(runId, 'rollback')}>
              Roll back…
            </Button>
          </>
        ) : null
      }
      next={{
        label: 'Go to the outcome',
        href: runHref(runId, 'finish'),
        note:
          bad > 0
            ? `Next: the outcome and the report. ${format.count(bad, 'issue')} stay${bad === 1 ? 's' : ''} open and ${bad === 1 ? 'is' : 'are'} named in both.`
            : 'Next: the outcome and the report',
      }}
    >
      <CallError error={full.error} />
      <Tabs
        value={tab}
        onChange={(value) => navigate(runHref(runId, 'validate', value ?? ''))}
        keepMounted={false}
        style={{ display: 'flex', flexDirection: 'column', gap: 12, flex: 1 }}
      >
        <Tabs.List aria-label="Views of the validation">
          <Tabs.Tab value="issues">
            Issues<span className="cnt">{format.number(all)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="counts">Counts and checksums</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel
          value="issues"
          style={{ flex: 1, display: tab === 'issues' ? 'flex' : undefined, flexDirection: 'column' }}
        >
          <IssuesTab runId={runId} view={view} />
        </Tabs.Panel>
        <Tabs.Panel
          value="counts"
          style={{ flex: 1, display: tab === 'counts' ? 'flex' : undefined, flexDirection: 'column' }}
        >
          <CountsTab view={view} />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}
