import { useQuery } from '@tanstack/react-query';
import type { FinishView } from '#shared/contract/history.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Screen } from '../../ui/screen.tsx';
import { FinishSteps } from '../finish/finish-steps.tsx';
import { isAtWork } from '../shared/at-work.ts';
import { Reading } from '../shared/reading.tsx';
import { isRecordUnit } from '../shared/record-units.ts';
import { addAside, asideOf, asideWords, noAside } from '../shared/set-aside.tsx';

const question = 'How far is it, and is it going well?';

/** Execution is over; what it wrote, step by step. The outcome is for Validate and Finish. */
export function Executed({ snapshot }: { snapshot: RunSnapshot }) {
  const { query } = useRpc();
  const finish = useQuery(query.history.finish.queryOptions({ input: { runId: snapshot.runId } }));
  if (!finish.data) {
    return (
      <Reading
        question={question}
        title="Reading what was written"
        error={finish.error}
        onRetry={() => void finish.refetch()}
      />
    );
  }
  return <ExecutedView snapshot={snapshot} finish={finish.data} />;
}

function ExecutedView({ snapshot, finish }: { snapshot: RunSnapshot; finish: FinishView }) {
  const format = useFormat();
  const { accepted } = finish.counts;
  const { records, rows } = finish.steps.reduce(
    (sum, { counts }) => (counts ? addAside(sum, asideOf(counts)) : sum),
    noAside,
  );
  const is = records + rows === 1 ? 'is' : 'are';
  const aside =
    records + rows > 0 ? `; ${asideWords({ records, rows }, format)} ${is} set aside` : '; none is set aside';
  const undone = snapshot.phase === 'rollback' || finish.outcome === 'rolled_back';
  return (
    <Screen
      question={question}
      title={
        undone
          ? 'It has run, and is being or was rolled back'
          : `Done. ${format.count(accepted, 'record')} ${accepted === 1 ? 'is' : 'are'} accepted${aside}`
      }
      lead={undone ? undefined : validationWords(snapshot, format)}
      back={{ label: 'Back to dry run', href: runHref(snapshot.runId, 'dry-run') }}
      next={
        undone
          ? { label: 'Go to rollback', href: runHref(snapshot.runId, 'rollback'), note: 'Next: what was brought back' }
          : {
              label: 'Go to validation',
              href: runHref(snapshot.runId, 'validate'),
              note: 'Next: whether everything arrived as it should. Nothing is changed.',
            }
      }
    >
      <FinishSteps finish={finish} />
    </Screen>
  );
}

/** What has become of the validation, which follows by itself. */
function validationWords(snapshot: RunSnapshot, format: Format): string {
  if (snapshot.phase === 'execute') return 'What was written has not been validated yet.';
  if (snapshot.phase !== 'validate' || !isAtWork(snapshot))
    return 'What was written has been compared with the source.';
  const done = snapshot.steps.reduce((sum, step) => sum + (isRecordUnit(step.unit) ? step.done : 0), 0);
  return `It is being validated now: ${format.count(done, 'record')} compared so far.`;
}
