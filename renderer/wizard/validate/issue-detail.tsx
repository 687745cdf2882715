import { changedPart } from '../../ui/diff-lines.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Panel } from '../../ui/panel.tsx';
import { severityWord } from '../../ui/severity-icon.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Issue } from './use-issues.ts';

/** The offending row on both sides, what it means and what settles it. */
export function IssueDetail({ issue }: { issue: Issue | undefined }) {
  const format = useFormat();
  if (!issue) {
    return (
      <Panel title="Offending row">
        <Empty title="No issue is chosen">Choose an issue to see its row on both sides.</Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title="Offending row"
      right={
        <Tag severity={issue.severity === 'info' ? undefined : issue.severity}>{severityWord[issue.severity]}</Tag>
      }
      style={{ overflow: 'auto' }}
    >
      <div className="col" style={{ gap: 12 }}>
        <p className="b">{issue.message}</p>
        <KeyValues
          rows={[
            ['Step', issue.step],
            ['Category', <code key="category">{issue.category}</code>],
            ['Path', issue.path === null ? null : <code key="path">{issue.path}</code>],
            ['Rows', issue.count === null ? null : format.number(issue.count)],
            ['Rests on', issue.basis],
          ]}
        />
        {issue.oldValue !== null || issue.newValue !== null ? <Values issue={issue} /> : null}
        {issue.suggestion ? (
          <div>
            <p className="b">What you can do</p>
            <p className="t2">{issue.suggestion}</p>
          </div>
        ) : null}
        {issue.rule ? (
          <p className="t2">
            Settled by <code>{issue.rule}</code> of the plan that was accepted. Nothing needs to be done.
          </p>
        ) : null}
      </div>
    </Panel>
  );
}

function Values({ issue }: { issue: Issue }) {
  const before = issue.oldValue;
  const after = issue.newValue;
  const predicted = issue.category === 'prediction';
  return (
    <>
      <Value name={predicted ? 'Predicted' : 'Source'} text={before} other={after} />
      <Value name={predicted ? 'Found' : 'Target'} text={after} other={before} />
    </>
  );
}

function Value({ name, text, other }: { name: string; text: string | null; other: string | null }) {
  return (
    <div>
      <div className="c12 t3" style={{ marginBottom: 3 }}>
        {name}
      </div>
      {text === null ? (
        <p className="t3">(absent)</p>
      ) : (
        <pre className="code" tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 200 }}>
          <Marked text={text} other={other} />
        </pre>
      )}
    </div>
  );
}

/** Marks what differs, after the common start and before the common end. */
function Marked({ text, other }: { text: string; other: string | null }) {
  if (other === null) return text;
  const { start, leftEnd } = changedPart(text, other);
  return (
    <>
      {text.slice(0, start)}
      {leftEnd > start ? (
        <mark style={{ background: 'var(--warn-soft)', color: 'inherit', boxShadow: '0 0 0 1px var(--warn-line)' }}>
          {text.slice(start, leftEnd)}
        </mark>
      ) : null}
      {text.slice(leftEnd)}
    </>
  );
}
