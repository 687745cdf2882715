import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { BundleView } from '#shared/contract/bundle.ts';
import { useRoute } from '../../app/route-context.tsx';
import { homeHref, placeHref, runHref } from '../../app/routes.ts';
import { useMigration } from '../../profiles/use-migration.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Note } from '../../ui/note.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { Reading } from '../shared/reading.tsx';
import { type Action, useAction } from '../shared/use-action.ts';
import { EndpointDetail } from './endpoint-detail.tsx';
import { EndpointList } from './endpoint-list.tsx';
import { type Endpoints, useEndpoints } from './use-endpoints.ts';

const question = 'Can everything be reached, with the rights it needs?';

/** Every endpoint, its fields, its secrets and what a test found. */
export function ConnectionsScreen() {
  const { bundle, error, reload } = useMigration();
  if (!bundle) return <Reading question={question} title="Reading the bundle" error={error} onRetry={reload} />;
  return <Connections bundle={bundle} />;
}

function Connections({ bundle }: { bundle: BundleView }) {
  const format = useFormat();
  const { place, variant } = useRoute();
  const all = useEndpoints(bundle);
  const { endpoints, waitsFor } = all;
  const create = useAction(
    (api) => api.plan.create({ path: bundle.path }),
    ({ runId }) => navigate(runHref(runId, 'plan')),
  );
  const runId = place.kind === 'run' ? place.runId : null;
  const renew = useAction(
    (api) => api.plan.renew({ runId: runId ?? '' }),
    () => navigate(runHref(runId ?? '', 'plan')),
  );
  const selected =
    endpoints.find(({ connection }) => connection.name === variant) ??
    endpoints.find(({ connection }) => connection.name === waitsFor[0]) ??
    endpoints[0];
  const total = format.count(endpoints.length, 'endpoint');
  const known = endpoints.every(({ report }) => report !== null);
  const settled = waitsFor.length === 0;
  return (
    <Screen
      question={question}
      title={
        !known && all.anyTesting
          ? `Testing ${total}`
          : settled
            ? `Yes. All ${total} are ready`
            : `Not yet. ${format.number(waitsFor.length)} of ${total} ${waitsFor.length === 1 ? 'is' : 'are'} not ready`
      }
      lead={
        settled
          ? 'The plan checks again before it is accepted, and execution before it writes.'
          : 'Checks read only. Overland never grants itself a right.'
      }
      busy={!known && all.anyTesting}
      back={{ label: 'Back to profile', href: placeHref(place, 'profile') ?? homeHref }}
      extra={
        <Button leftSection={<IconRefresh size={15} aria-hidden />} onClick={all.testAll} loading={all.anyTesting}>
          Test all again
        </Button>
      }
      next={nextStep({ all, create, renew, runId, settled })}
    >
      <CallError error={create.error ?? renew.error ?? all.error} />
      {runId && all.overridden ? (
        <Note severity="warning" title="An endpoint was changed after this plan was made">
          The plan that was made names the older one. It is analysed again before it can be accepted.
        </Note>
      ) : null}
      <div className="g2" style={{ gridTemplateColumns: '348px minmax(0,1fr)', flex: 1 }}>
        <EndpointList
          endpoints={endpoints}
          ready={all.ready}
          selected={selected?.connection.name}
          testing={all.testing}
        />
        {selected ? (
          <EndpointDetail key={selected.connection.name} bundle={bundle} endpoint={selected} all={all} />
        ) : null}
      </div>
    </Screen>
  );
}

type Step = { all: Endpoints; create: Action; renew: Action; runId: string | null; settled: boolean };

function nextStep({ all, create, renew, runId, settled }: Step): NextAction {
  if (!settled) {
    const label = runId ? 'Go to the plan' : 'Analyse the plan';
    const note = all.anyTesting ? 'Waits for: the test of the endpoints' : `Waits for: ${all.waitsFor.join(', ')}`;
    return { label, disabled: true, note };
  }
  if (runId && !all.overridden) {
    return {
      label: 'Go to the plan',
      href: runHref(runId, 'plan'),
      note: 'Next: the plan of this run. Nothing is changed.',
    };
  }
  const note = (
    <>
      Next: sources are read and measured.
      <br />
      Nothing is changed.
    </>
  );
  const work = runId ? renew : create;
  return {
    label: runId ? 'Analyse the plan again' : 'Analyse the plan',
    busy: work.busy,
    note,
    onClick: () => work.run(),
  };
}
