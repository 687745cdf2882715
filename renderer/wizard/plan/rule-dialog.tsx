import { Button, Radio, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DiffHeads } from '../../ui/diff-heads.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { SideBySide } from '../../ui/side-by-side.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import { aroundChange } from './around-change.ts';
import { columnsOfType, type Mapping, type RuledMapping, ruleWords, wordOf } from './type-rule.ts';

type Props = {
  mapping: RuledMapping;
  types: readonly Mapping[];
  runId: string;
  bundlePath: string;
  onClose: () => void;
};

/** Chooses a rule for a column or a type, shows the line of the profile and what changes there, and writes it when told. */
export function RuleDialog({ mapping, types, runId, bundlePath, onClose }: Props) {
  const format = useFormat();
  const { query } = useRpc();
  const { step, sourceType, targetType, rules } = mapping;
  const first = wordOf(rules.settles[0] ?? '') ?? { word: 'to', value: '' };
  const [wide, setWide] = useState(false);
  const [said, setSaid] = useState(first.word === 'to' ? 'to' : `${first.word}=${first.value}`);
  const [type, setType] = useState(first.word === 'to' ? first.value : '');
  const [asked] = useDebouncedValue(type.trim(), 250);
  const place = wide ? sourceType : rules.place;
  const [word, value] = said === 'to' ? ['to', asked] : (said.split('=') as [string, string]);
  const input = { path: bundlePath, step, place, rule: { [word]: value } };
  const shown = useQuery(
    query.bundle.setRule.queryOptions({
      input: { ...input, write: null },
      enabled: value !== '',
      placeholderData: keepPreviousData,
      retry: false,
      gcTime: 0,
    }),
  );
  const write = useAction(async (api, before: string) => {
    await api.bundle.setRule({ ...input, write: before });
    await api.plan.renew({ runId });
  }, onClose);
  const preview = value !== '' && !shown.error ? shown.data : undefined;
  const same = preview !== undefined && preview.before === preview.after;
  const part = preview ? aroundChange(preview.before, preview.after) : null;
  const columns = columnsOfType(types, mapping);
  return (
    <Dialog opened onClose={onClose} label={`Rule for ${rules.place}`} size={820}>
      <p className="t2" style={{ marginBottom: 12 }}>
        <code>{sourceType}</code> becomes <code>{targetType}</code>.{' '}
        {rules.unfit > 0
          ? `${format.count(rules.unfit, 'value')} ${rules.unfit === 1 ? 'does' : 'do'} not fit and would be set aside with ${rules.unfit === 1 ? 'its row' : 'their rows'}.`
          : 'Every value that was read fits.'}
      </p>
      <Radio.Group label="For" value={wide ? 'type' : 'column'} onChange={(chosen) => setWide(chosen === 'type')}>
        <div className="row wrap" style={{ gap: 20, marginTop: 4 }}>
          <Radio value="column" label={`this column, ${rules.place}`} />
          <Radio value="type" label={`every ${sourceType} of step ${step} (${format.count(columns, 'column')})`} />
        </div>
      </Radio.Group>
      <div className="row" style={{ marginTop: 12, alignItems: 'flex-end' }}>
        <Select
          className="grow"
          label="What it says"
          allowDeselect={false}
          value={said}
          onChange={(chosen) => setSaid(chosen ?? 'to')}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          maxDropdownHeight={260}
          data={options(rules.settles)}
        />
        {said === 'to' ? (
          <TextInput
            label="Type in the target"
            placeholder={targetType}
            value={type}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setType(event.currentTarget.value)}
            style={{ width: 220 }}
          />
        ) : null}
      </div>
      <div style={{ marginTop: 14, minHeight: 60 }}>
        {preview && part ? (
          <>
            <div className="row" style={{ marginBottom: 10 }}>
              <pre className="code grow" tabIndex={0} style={{ padding: '5px 10px' }}>
                {preview.line}
              </pre>
              <CopyButton text={preview.line} />
            </div>
            {same ? (
              <p className="t2">The profile says so already.</p>
            ) : (
              <div style={{ border: '1px solid var(--line)', borderRadius: 4, overflow: 'hidden' }}>
                <DiffHeads left="profile.toml" right="With the rule" />
                <SideBySide
                  before={part.before}
                  after={part.after}
                  label="Change of profile.toml"
                  firstLine={part.line}
                  wrap
                />
              </div>
            )}
          </>
        ) : value === '' ? (
          <p className="t3">Waits for: a type in the words of the target, such as {targetType}.</p>
        ) : null}
        <CallError error={shown.error ?? write.error} />
      </div>
      <p className="hint" style={{ marginTop: 10 }}>
        Comments and layout of the profile stay. The bundle gets another hash, and the plan is made again.
      </p>
      <DialogActions>
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
        <Button
          variant="primary"
          data-primary
          disabled={!preview || same || shown.isFetching || asked !== type.trim()}
          loading={write.busy}
          onClick={() => preview && write.run(preview.before)}
        >
          Write it and analyse again
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** What would settle the values that were seen comes first. */
function options(settles: readonly string[]) {
  const known = settles
    .map(wordOf)
    .filter((said) => said !== null && said.word !== 'to')
    .map((said) => `${said?.word}=${said?.value}`);
  const item = ({ word, value, label }: (typeof ruleWords)[number]) => ({ value: `${word}=${value}`, label });
  const type = { value: 'to', label: 'The column gets another type in the target' };
  const fits = ruleWords.map(item).filter(({ value }) => known.includes(value));
  const others = ruleWords.map(item).filter(({ value }) => !known.includes(value));
  const typeFits = settles.some((line) => wordOf(line)?.word === 'to');
  return [
    { group: 'Would settle what was seen', items: [...fits, ...(typeFits ? [type] : [])] },
    { group: 'Other rules', items: [...(typeFits ? [] : [type]), ...others] },
  ].filter(({ items }) => items.length > 0);
}
