import { Checkbox, TextInput } from '@mantine/core';
import type { ConsentNeed } from '#shared/model/error.ts';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import type { Given, GivenConsents } from './consent.ts';

type Props = {
  needs: readonly ConsentNeed[];
  given: GivenConsents;
  onChange: (name: string, given: Given) => void;
  ordOf: (step: string) => number | undefined;
};

/** Pinned above the actions: what is consented to, word for word as it is journalled. */
export function ConsentBar({ needs, given, onChange, ordOf }: Props) {
  return (
    <section className="pin consents scroll" aria-label="Consent">
      {needs.map((need) => {
        const one = given[need.name] ?? { checked: false, typed: '' };
        const ord = need.step === null ? undefined : ordOf(need.step);
        return (
          <div key={need.name} className="note error-n pin-note">
            <span className="ni">
              <SeverityIcon severity="critical" size={16} />
            </span>
            <div className="nt" id={`consent-${need.name}`}>
              {ord === undefined || need.text.startsWith('Step ') ? '' : `Step ${ord}: `}
              {need.text}
            </div>
            <div className="nb">
              The consent is kept in the journal and the report. On the command line it is{' '}
              <code>--consent {need.name}</code>.
            </div>
            <div className="na" style={{ gap: 14 }}>
              <Checkbox
                label="I accept this"
                aria-describedby={`consent-${need.name}`}
                checked={one.checked}
                onChange={(event) => onChange(need.name, { ...one, checked: event.currentTarget.checked })}
              />
              {need.typed === null ? null : (
                <TextInput
                  aria-label={`Type ${need.typed} to confirm`}
                  placeholder={`type ${need.typed}`}
                  value={one.typed}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => onChange(need.name, { ...one, typed: event.currentTarget.value })}
                  w={170}
                />
              )}
            </div>
          </div>
        );
      })}
    </section>
  );
}
