import { Tabs } from '@mantine/core';
import { useState } from 'react';
import type { PlanView } from '#shared/contract/plan.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { useRoute } from '../../app/route-context.tsx';
import { runHref } from '../../app/routes.ts';
import { isOverlandError } from '../../rpc/errors.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { shortHash } from '../../ui/short-hash.ts';
import { useNow } from '../../ui/use-now.ts';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import { type GivenConsents, missingConsents, missingWords } from './consent.ts';
import { ConsentBar } from './consent-bar.tsx';
import { ExportPlan } from './export-plan.tsx';
import { PlanFates } from './plan-fates.tsx';
import { PlanForecast } from './plan-forecast.tsx';
import { PlanGraph } from './plan-graph.tsx';
import { PlanKeys } from './plan-keys.tsx';
import { planQuestion } from './plan-question.ts';
import { PlanStale } from './plan-stale.tsx';
import { PlanSteps } from './plan-steps.tsx';
import { PlanTypes } from './plan-types.tsx';
import { planErrors, planLead, planTitle } from './plan-words.ts';

const tabs = ['steps', 'graph', 'forecast', 'types', 'fates', 'keys'] as const;
/** Kinds of steps whose sources have tables and columns. */
const tabular: ReadonlySet<string> = new Set(['schema', 'records']);
const tall = { flex: 1, display: 'flex', flexDirection: 'column' } as const;

/** The whole plan in five views, the consents it needs, and its acceptance. */
export function PlanReview({ plan, snapshot }: { plan: PlanView; snapshot: RunSnapshot }) {
  const format = useFormat();
  const now = useNow(30_000);
  const { runId } = plan;
  const { variant } = useRoute();
  const hasTables = plan.steps.some((step) => tabular.has(step.kind));
  const isThere = { steps: true, graph: true, forecast: true, types: hasTables, fates: hasTables, keys: !!plan.keys };
  const tab = tabs.find((name) => name === variant && isThere[name]) ?? 'steps';
  const [given, setGiven] = useState<GivenConsents>({});
  const accept = useAction(
    async (api) => {
      await api.plan.accept({ runId, hash: plan.hash, consents: plan.consents.map((need) => need.name) });
      await api.run.backup({ runId });
    },
    () => navigate(runHref(runId, 'backup')),
  );
  const errors = planErrors(plan);
  const renew = useAction((api) => api.plan.renew({ runId }));
  const ordOf = (id: string) => plan.steps.find((step) => step.id === id)?.ord;
  const stale = isOverlandError(accept.error, 'PLAN_STALE')
    ? accept.error.data.differences
    : snapshot.refused?.kind === 'changed'
      ? snapshot.refused.differences
      : null;
  const missing = plan.acceptedAt === null ? missingConsents(plan.consents, given) : [];
  const asksConsent = plan.consents.length > 0 && plan.acceptedAt === null && !stale;

  const next = (): NextAction => {
    if (stale) {
      return {
        label: 'Analyse again',
        busy: renew.busy,
        onClick: () => renew.run(),
        note: 'Next: sources are read and measured again. Nothing is changed.',
      };
    }
    if (plan.acceptedAt !== null) {
      return {
        label: 'Go to the backup',
        href: runHref(runId, 'backup'),
        note: `Accepted ${format.dateTime(plan.acceptedAt)}${plan.acceptedBy ? ` by ${plan.acceptedBy}` : ''}. What was accepted is what runs.`,
      };
    }
    if (errors > 0) {
      return {
        label: 'Analyse again',
        busy: renew.busy,
        onClick: () => renew.run(),
        note: `${format.count(errors, 'error')} of the forecast must be settled in the profile or the source, then it is analysed again.`,
      };
    }
    if (missing.length) {
      return { label: 'Accept plan and back up', disabled: true, note: `Waits for: ${missingWords(missing, ordOf)}` };
    }
    return {
      label: 'Accept plan and back up',
      busy: accept.busy,
      onClick: () => accept.run(),
      note: (
        <>
          Next: the plan is frozen and the old state is saved.
          <br />
          Nothing is changed.
        </>
      ),
    };
  };

  return (
    <Screen
      question={planQuestion}
      title={stale ? 'This plan no longer fits what is there' : planTitle(plan, format)}
      lead={stale ? 'What was planned is shown below, for comparison.' : planLead(plan, snapshot, format, now)}
      back={{ label: 'Back to connections', href: runHref(runId, 'connections') }}
      extra={<ExportPlan runId={runId} />}
      pin={
        asksConsent ? (
          <ConsentBar
            needs={plan.consents}
            given={given}
            ordOf={ordOf}
            onChange={(name, one) => setGiven((others) => ({ ...others, [name]: one }))}
          />
        ) : undefined
      }
      next={next()}
    >
      {stale ? <PlanStale differences={stale} /> : <CallError error={accept.error} />}
      <CallError error={renew.error} />
      <Tabs
        value={tab}
        onChange={(name) => navigate(runHref(runId, 'plan', name === 'steps' || !name ? '' : name))}
        keepMounted={false}
        style={{ ...tall, gap: 12 }}
      >
        <div className="row tabs-row">
          <Tabs.List className="grow" aria-label="Views of the plan">
            <Tabs.Tab value="steps">
              Steps<span className="cnt">{format.number(plan.steps.length)}</span>
            </Tabs.Tab>
            <Tabs.Tab value="graph">Graph</Tabs.Tab>
            <Tabs.Tab value="forecast">
              Forecast<span className="cnt">{format.count(plan.findings.length, 'finding')}</span>
            </Tabs.Tab>
            {hasTables ? (
              <>
                <Tabs.Tab value="types">
                  Type mapping<span className="cnt">{format.count(plan.types.length, 'column')}</span>
                </Tabs.Tab>
                <Tabs.Tab value="fates">
                  What becomes of what<span className="cnt">{format.number(plan.fates.length)}</span>
                </Tabs.Tab>
              </>
            ) : null}
            {plan.keys ? (
              <Tabs.Tab value="keys">
                Keys<span className="cnt">{format.number(plan.keys.length)}</span>
              </Tabs.Tab>
            ) : null}
          </Tabs.List>
          <span className="c12 t3 nw">
            Plan hash{' '}
            <code className="t2" title={plan.hash}>
              {shortHash(plan.hash)}
            </code>
          </span>
        </div>
        <Tabs.Panel value="steps">
          <PlanSteps steps={plan.steps} />
        </Tabs.Panel>
        <Tabs.Panel value="graph" style={tall}>
          <PlanGraph steps={plan.steps} />
        </Tabs.Panel>
        <Tabs.Panel value="forecast" style={tall}>
          <PlanForecast findings={plan.findings} />
        </Tabs.Panel>
        <Tabs.Panel value="types" style={tall}>
          <PlanTypes types={plan.types} runId={runId} open={snapshot.phase === 'plan' && !stale} />
        </Tabs.Panel>
        <Tabs.Panel value="fates" style={tall}>
          <PlanFates fates={plan.fates} />
        </Tabs.Panel>
        {plan.keys ? (
          <Tabs.Panel value="keys" style={tall}>
            <PlanKeys keys={plan.keys} />
          </Tabs.Panel>
        ) : null}
      </Tabs>
    </Screen>
  );
}
