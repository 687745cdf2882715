import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { CallError } from './call-error.tsx';

type Props = {
  readonly question: string;
  /** What is read: `Reading the rollback point`. */
  readonly title: string;
  readonly error?: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly rows?: number | undefined;
};

/** A screen whose data is not there yet, or could not be read. */
export function Reading({ question, title, error, onRetry, rows = 6 }: Props) {
  const failed = error !== null && error !== undefined;
  return (
    <Screen
      question={question}
      title={failed ? `${title} failed` : title}
      lead={failed ? 'Nothing is shown that is not known.' : undefined}
      busy={!failed}
    >
      {failed ? (
        <CallError error={error} onRetry={onRetry} />
      ) : (
        <Panel padded={false} label={title} busy>
          <SkeletonRows rows={rows} />
        </Panel>
      )}
    </Screen>
  );
}
