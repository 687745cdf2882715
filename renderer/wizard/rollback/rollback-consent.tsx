import { Checkbox, TextInput } from '@mantine/core';
import type { RollbackView } from '#shared/contract/rollback.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { deletedWords } from './rollback-steps.tsx';

type Props = {
  readonly view: RollbackView;
  readonly target: string;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
  /** Names of the consents that are given. */
  readonly given: readonly string[];
  readonly onGiven: (names: readonly string[]) => void;
};

/** Pinned above the actions: the consequence, named consents, and the target to be typed. */
export function RollbackConsent({ view, target, typed, onTyped, given, onGiven }: Props) {
  const format = useFormat();
  const deleted = deletedWords(view, format);
  return (
    <section className="note error-n pin" aria-label="Consent to the rollback">
      <span className="ni">
        <SeverityIcon severity="critical" size={16} />
      </span>
      <div className="nt">{deleted ? `This deletes ${deleted} from ${target}` : `This changes ${target}`}</div>
      <div className="nb">
        {view.consents.map((consent) => (
          <Checkbox
            key={consent.name}
            checked={given.includes(consent.name)}
            onChange={(event) =>
              onGiven(
                event.currentTarget.checked ? [...given, consent.name] : given.filter((name) => name !== consent.name),
              )
            }
            label={consent.text}
            style={{ margin: '4px 0' }}
          />
        ))}
        Type <code>{view.typed}</code> to confirm. The run can be started again later with the same plan.
      </div>
      <div className="na">
        <TextInput
          aria-label={`Type ${view.typed} to confirm the rollback`}
          placeholder={`type ${view.typed}`}
          value={typed}
          onChange={(event) => onTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          w={190}
        />
      </div>
    </section>
  );
}
