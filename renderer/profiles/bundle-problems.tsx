import type { Problem } from '#shared/model/finding.ts';
import { useFormat } from '../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../ui/middle-ellipsis.tsx';
import { Panel } from '../ui/panel.tsx';
import { Quoted } from '../ui/quoted.tsx';

/** Every problem of a bundle at once, by file and line. */
export function BundleProblems({ bundle, problems }: { bundle: string; problems: readonly Problem[] }) {
  const format = useFormat();
  const sorted = [...problems].sort((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0));
  const several = new Set(problems.map((problem) => problem.file)).size > 1;
  return (
    <Panel
      padded={false}
      title={<MiddleEllipsis text={format.path(bundle)} tail={38} mono />}
      right="all problems, by line"
      foot="Nothing was connected and nothing was changed. The team that wrote the bundle can fix these; the list can be copied for them."
    >
      <section className="scroll" tabIndex={0} aria-label="Problems">
        <table className="tbl tall">
          <thead>
            <tr>
              {several ? <th scope="col">File</th> : null}
              <th scope="col">Line</th>
              <th scope="col">Key</th>
              <th scope="col">Problem</th>
              <th scope="col">Advice</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((problem) => (
              <tr key={problemLine(problem)}>
                {several ? (
                  <td>
                    <code>{problem.file}</code>
                  </td>
                ) : null}
                <td className="mono">{position(problem)}</td>
                <td>{problem.key ? <code>{problem.key}</code> : null}</td>
                <td>
                  <Quoted text={problem.message} />
                </td>
                <td className="t2">
                  <Quoted text={problem.advice ?? ''} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function position({ line, column }: Problem): string {
  if (line === null) return '';
  return column === null ? `${line}` : `${line}:${column}`;
}

function problemLine(problem: Problem): string {
  const at = [problem.file, position(problem)].filter(Boolean).join(':');
  const subject = problem.key ? `${problem.key}: ` : '';
  return `${at}  ${subject}${problem.message}${problem.advice ? ` ${problem.advice}` : ''}`;
}

/** The list as text for the team that wrote the bundle. */
export function problemsText(bundle: string, problems: readonly Problem[]): string {
  return [bundle, ...problems.map(problemLine)].join('\n');
}
