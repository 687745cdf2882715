import type { Problem } from '#shared/model/finding.ts';
import type { NamedRule, TypeRule } from '../../../copy/types.ts';
import type { KeyPath } from '../../../profile/key-path.ts';
import { ProblemList } from '../../../profile/problems.ts';
import type { SourceMap } from '../../../profile/profile.ts';
import { didYouMean } from '../../../profile/suggest.ts';
import type { ParseContext } from '../../step-kind.ts';
import { columnSpec } from '../spec-output.ts';
import { SpecReader } from '../spec-reader.ts';
import { matchesAny } from './pattern.ts';
import { type TableShape, type WholeShape, wholeShape } from './spec-shape.ts';
import type { Constraint, TableRule, WholeSpec, WholeUndo } from './spec-types.ts';

/** Parses a step that copies a whole schema; all that is wrong is told at once. */
export function parseWhole(
  raw: unknown,
  at: SourceMap,
  context: ParseContext,
): { readonly spec: WholeSpec } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList(context.file, at, ['steps', context.step]);
  const parsed = wholeShape.safeParse(raw);
  if (!parsed.success) {
    problems.addIssues(parsed.error, wholeShape, raw);
    return { problems: problems.all };
  }
  const shape = parsed.data;
  const reader = new SpecReader(problems, context);
  reader.connection(shape.source.connection, ['source', 'connection']);
  reader.connection(shape.target.connection, ['target', 'connection']);
  if (shape.source.connection === shape.target.connection) {
    problems.add(['target', 'connection'], 'Source and target are the same connection', 'Name another connection.');
  }
  const spec: WholeSpec = {
    form: 'whole',
    key: problems.key([]),
    source: { ...shape.source, schema: shape.source.schema ?? null },
    target: { ...shape.target, schema: shape.target.schema ?? null },
    undo: readUndo(shape, problems),
    parallel: shape.parallel,
    ...readConstraints(shape, problems),
    orphans: shape.constraints.orphans,
    finish: shape.finish,
    types: Object.entries(shape.types).map(([type, rule]) =>
      typeRule(type, rule as TypeRule, ['types', type], problems),
    ),
    tables: Object.entries(shape.tables).map(([table, rule]) => tableRule(table, rule, shape, reader)),
  };
  renamedTwice(spec, problems);
  return problems.none ? { spec } : { problems: problems.all };
}

const standardUndo = {
  create: 'drop_created',
  insert: 'delete_written',
  upsert: 'preimages',
  replace: 'preimages',
} as const;

function readUndo(shape: WholeShape, problems: ProblemList): WholeUndo {
  const { mode } = shape.target;
  const undo = shape.undo ?? standardUndo[mode];
  const fits: readonly WholeUndo[] = [standardUndo[mode], 'restore', 'none'];
  if (!fits.includes(undo)) {
    const message = `\`${undo}\` cannot undo mode \`${mode}\``;
    problems.add(['undo'], message, `Use ${fits.map((one) => `"${one}"`).join(' or ')}.`);
  }
  return undo;
}

/** Rows cannot be told apart without their key, and NOT NULL and CHECK belong to the table. */
function readConstraints(
  { constraints }: WholeShape,
  problems: ProblemList,
): { readonly beforeLoad: readonly Constraint[]; readonly afterLoad: readonly Constraint[] } {
  const { before_load: before, after_load: after } = constraints;
  for (const [index, one] of after.entries()) {
    const path = ['constraints', 'after_load', index];
    if (before.includes(one)) problems.add(path, `\`${one}\` is in both lists`, 'Remove it from one of them.');
    if (one !== 'unique' && one !== 'foreign')
      problems.add(path, `\`${one}\` is made with the table`, 'Move it to before_load.');
  }
  for (const [index, one] of before.entries()) {
    if (one !== 'foreign') continue;
    const path = ['constraints', 'before_load', index];
    problems.add(path, '`foreign` is made when all rows are there', 'Move it to after_load.');
  }
  return { beforeLoad: before, afterLoad: after };
}

function typeRule(pattern: string, rule: TypeRule, path: KeyPath, problems: ProblemList): NamedRule {
  if (Object.keys(rule).length === 0) problems.add(path, `The rule for \`${pattern}\` is empty`, 'Say what it does.');
  return { key: problems.key(path), pattern, rule };
}

function tableRule(table: string, shape: TableShape, step: WholeShape, reader: SpecReader): TableRule {
  const { problems } = reader;
  const path = ['tables', table];
  const scope = reader.scope({}, null, false);
  if (!matchesAny(table, step.source.tables)) {
    problems.add(path, `The table \`${table}\` is not among \`source.tables\``, didYouMean(table, step.source.tables));
  } else if (matchesAny(table, step.source.except)) {
    problems.add(path, `The table \`${table}\` is left out by \`source.except\``, 'Remove one of them.');
  }
  return {
    key: problems.key(path),
    table,
    rename: shape.rename ?? null,
    where: shape.where === undefined ? null : reader.expression(shape.where, [...path, 'where'], scope),
    set: Object.entries(shape.set).map(([column, raw]) =>
      columnSpec(column, raw, reader, [...path, 'set', column], scope),
    ),
    chunk: shape.chunk,
    keyColumns: shape.key ?? null,
  };
}

function renamedTwice({ tables }: WholeSpec, problems: ProblemList): void {
  const taken = new Map<string, TableRule>();
  for (const rule of tables) {
    if (rule.rename === null) continue;
    const before = taken.get(rule.rename);
    if (before) {
      const message = `Two tables are renamed to \`${rule.rename}\``;
      problems.add(['tables', rule.table, 'rename'], message, `The other is \`${before.table}\`.`);
    }
    taken.set(rule.rename, rule);
  }
}
