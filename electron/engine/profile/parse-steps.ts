import type { ParseContext, StepKind } from '../steps/step-kind.ts';
import { orderSteps } from './order-steps.ts';
import type { ProblemList } from './problems.ts';
import type { BundleFiles, ProfileConnection, ProfileRule, ProfileStep, SourceMap } from './profile.ts';
import { type ProfileShape, stepHeadShape } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { within } from './toml-source.ts';

type StepsInput = {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly at: SourceMap;
  readonly problems: ProblemList;
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly connections: ReadonlyMap<string, ProfileConnection>;
  readonly context: Omit<ParseContext, 'step'>;
};

type ParsedStep = Omit<ProfileStep, 'ord'>;

/** Parses `[steps]`, each by its kind, and puts them into the order of their needs. */
export function parseSteps(input: StepsInput): readonly ProfileStep[] {
  const { raw, problems } = input;
  const ids = Object.keys(raw);
  if (ids.length === 0) problems.add(['steps'], 'The profile has no step', 'Add one, for example [steps.model].');
  const heads: { id: string; needs: readonly string[] }[] = [];
  const parsed: ParsedStep[] = [];
  for (const [id, table] of Object.entries(raw)) {
    const head = stepHeadShape.safeParse(table);
    if (!head.success) {
      problems.addIssuesAt(['steps', id], head.error.issues, stepHeadShape, table);
      continue;
    }
    const { kind: name, needs, ...rest } = head.data;
    checkNeeds(id, needs, ids, problems);
    heads.push({ id, needs });
    const kind = input.kinds.get(name);
    if (!kind)
      problems.add(['steps', id, 'kind'], `There is no kind \`${name}\``, didYouMean(name, input.kinds.keys()));
    else {
      const step = parseStep(id, needs, kind, rest, input);
      if (step) parsed.push(step);
    }
  }
  return inOrder(heads, parsed, problems);
}

function parseStep(
  id: string,
  needs: readonly string[],
  kind: StepKind,
  rest: Readonly<Record<string, unknown>>,
  { at, problems, context, connections }: StepsInput,
): ParsedStep | null {
  const result = kind.parse(rest, within(at, ['steps', id]), {
    ...context,
    step: id,
    engineOf: (name) => connections.get(name)?.engine ?? null,
  });
  if ('problems' in result) {
    problems.addAll(result.problems);
    return null;
  }
  for (const name of kind.connections(result.spec).writes) {
    if (connections.get(name)?.access === 'read') {
      const message = `Step \`${id}\` writes to \`${name}\`, which is opened for reading`;
      problems.add(['steps', id, 'target'], message, `Write access = "write" at connections.${name}.`);
    }
  }
  return { id, needs, kind, spec: result.spec };
}

function checkNeeds(id: string, needs: readonly string[], ids: readonly string[], problems: ProblemList): void {
  needs.forEach((need, index) => {
    const path = ['steps', id, 'needs', index];
    if (need === id) problems.add(path, `Step \`${id}\` needs itself`, 'Remove it.');
    else if (!ids.includes(need)) problems.add(path, `There is no step \`${need}\``, didYouMean(need, ids));
  });
}

function inOrder(
  heads: readonly { readonly id: string; readonly needs: readonly string[] }[],
  parsed: readonly ParsedStep[],
  problems: ProblemList,
): readonly ProfileStep[] {
  const others = heads.map(({ id, needs }) => ({ id, needs: needs.filter((need) => need !== id) }));
  const result = orderSteps(others);
  if ('circle' in result) {
    const message = `The steps need each other in a circle: ${result.circle.join(' needs ')}`;
    problems.add(['steps', result.circle[0] ?? '', 'needs'], message, 'Remove one of these needs.');
    return [];
  }
  const byId = new Map(parsed.map((step) => [step.id, step]));
  return result.ordered.flatMap(({ id }, index) => {
    const step = byId.get(id);
    return step ? [{ ...step, ord: index + 1 }] : [];
  });
}

/** Rules with their SQL, from a file of the bundle or as it stands. */
export function parseRules(
  rules: ProfileShape['rules'],
  connections: ReadonlySet<string>,
  files: BundleFiles,
  problems: ProblemList,
): readonly ProfileRule[] {
  return Object.entries(rules).map(([id, rule]) => {
    const { connection, sql } = rule.none;
    const path = ['rules', id, 'none'];
    if (!connections.has(connection)) {
      problems.add(
        [...path, 'connection'],
        `There is no connection \`${connection}\``,
        didYouMean(connection, connections),
      );
    }
    const file = /\.sql$/i.test(sql) ? sql : null;
    const text = file === null ? sql : files.text(file);
    if (text === null) {
      const near = files.list(sql.includes('/') ? sql.slice(0, sql.lastIndexOf('/')) : '');
      problems.add([...path, 'sql'], `The file \`${sql}\` is not in the bundle`, didYouMean(sql, near));
    } else if (file === null && !/^\s*(?:select|with)\b/i.test(sql)) {
      problems.add(
        [...path, 'sql'],
        '`sql` is neither a file nor a SELECT',
        'Name a file of the bundle that ends in .sql.',
      );
    }
    return {
      id,
      severity: rule.severity,
      connection,
      sql: text ?? '',
      file,
      message: rule.message ?? null,
      suggestion: rule.suggestion ?? null,
    };
  });
}
