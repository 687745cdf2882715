import { Button, NativeSelect, Textarea } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Rule } from '#shared/contract/quarantine.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Reason } from './quarantine-types.ts';

export type Change = { readonly key: string; readonly text: string };
export type Tested = { readonly pass: number; readonly stay: number; readonly error: string | null };
/** Rules changed for a replay, and what a test of exactly these gave. */
export type Draft = { readonly changes: readonly Change[]; readonly tested: Tested | null };

type Props = {
  readonly runId: string;
  readonly recordId: number | null;
  readonly reason: Reason;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
};

/** Changes a rule for the replay of one reason and tries it on the open records; the test writes nothing. */
export function RuleEditor({ runId, recordId, reason, draft, onDraft }: Props) {
  const format = useFormat();
  const { query } = useRpc();
  const detail = useQuery({
    ...query.quarantine.record.queryOptions({ input: { runId, id: recordId ?? 0 } }),
    enabled: recordId !== null,
    placeholderData: (previous) => previous,
  });
  const rules = detail.data?.rules ?? [];
  const [key, setKey] = useState<string | null>(null);
  const rule =
    rules.find((known) => known.key === (key ?? reason.rule)) ??
    rules.find((known) => startsWith(known, reason)) ??
    rules[0];
  const test = useAction(
    (api, changes: readonly Change[]) =>
      api.quarantine.test({ runId, step: reason.step, code: reason.code, changes: [...changes] }),
    (tested, changes) => onDraft({ changes, tested }),
  );
  if (!rule) {
    return (
      <Panel title="Rule">
        <Empty title="No rule of the profile decides this">
          The target refused these records. Mend the source or the target, then replay.
        </Empty>
      </Panel>
    );
  }
  const text = draft.changes.find((change) => change.key === rule.key)?.text ?? rule.text;
  const edit = (value: string) => {
    const others = draft.changes.filter((change) => change.key !== rule.key);
    onDraft({ changes: value === rule.text ? others : [...others, { key: rule.key, text: value }], tested: null });
  };
  return (
    <Panel title="Rule" right={`${rule.file}${rule.line === null ? '' : `, line ${rule.line}`}`}>
      {rules.length > 1 ? (
        <NativeSelect
          aria-label="Rule to change"
          value={rule.key}
          onChange={(event) => setKey(event.currentTarget.value)}
          data={rules.map((known) => known.key)}
          style={{ marginBottom: 8 }}
        />
      ) : (
        <p style={{ marginBottom: 8, overflowWrap: 'anywhere' }}>
          <code>{rule.key}</code>
        </p>
      )}
      <Textarea
        aria-label={rule.kind === 'expression' ? 'Rule in CEL' : 'Rule in TOML'}
        rows={Math.min(8, Math.max(2, text.split('\n').length, Math.ceil(text.length / 38)))}
        value={text}
        onChange={(event) => edit(event.currentTarget.value)}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12, lineHeight: 1.5 } }}
      />
      <p className="hint" style={{ margin: '6px 0 10px' }}>
        Changed for this replay only. The report names both versions.
      </p>
      <div className="row wrap">
        <Button
          leftSection={<IconFlask size={15} aria-hidden />}
          disabled={test.busy || reason.open === 0}
          onClick={() => test.run(draft.changes)}
        >
          Test on {format.number(reason.open)}
        </Button>
        {draft.changes.length > 0 ? (
          <Button variant="quiet" onClick={() => onDraft({ changes: [], tested: null })}>
            Undo the change
          </Button>
        ) : null}
        <TestResult tested={draft.tested} />
      </div>
      <CallError error={test.error} />
    </Panel>
  );
}

function startsWith(rule: Rule, reason: Reason): boolean {
  return reason.rule !== null && rule.key.startsWith(reason.rule);
}

function TestResult({ tested }: { tested: Tested | null }) {
  const format = useFormat();
  if (!tested) return null;
  return (
    <span className="row c12" role="status">
      <SeverityIcon severity={tested.error ? 'error' : tested.pass > 0 ? 'ok' : 'warning'} />
      {tested.error ?? `${format.number(tested.pass)} pass, ${format.number(tested.stay)} stay`}
    </span>
  );
}
