import { Button } from '@mantine/core';
import type { Problem } from '#shared/model/finding.ts';
import { homeHref, plainHref } from '../app/routes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { Screen } from '../ui/screen.tsx';
import { BundleProblems, problemsText } from './bundle-problems.tsx';

type Props = { bundle: string; problems: readonly Problem[]; onReadAgain: () => void; reading: boolean };

/** A bundle that cannot be opened, and why. */
export function ProblemsScreen({ bundle, problems, onReadAgain, reading }: Props) {
  const format = useFormat();
  const files = [...new Set(problems.map((problem) => problem.file))];
  const where = files.length === 1 ? files[0] : format.count(files.length, 'file');
  return (
    <Screen
      question="Which migration is it?"
      title={`This bundle cannot be opened: ${format.count(problems.length, 'problem')} in ${where}`}
      back={{ label: 'Home', href: homeHref }}
      extra={
        <>
          <Button onClick={onReadAgain} loading={reading}>
            Read again
          </Button>
          <CopyButton text={problemsText(bundle, problems)} label="Copy the list" variant="quiet" />
        </>
      }
      next={{
        label: 'Open another bundle...',
        href: plainHref('home', 'open'),
        note: 'Next: the bundle is read and explained. Nothing is connected yet.',
      }}
    >
      <BundleProblems bundle={bundle} problems={problems} />
    </Screen>
  );
}
