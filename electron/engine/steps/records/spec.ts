import type { Problem } from '#shared/model/finding.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { ParseContext } from '../step-kind.ts';
import { checkNames } from './spec-check.ts';
import { buildOutput } from './spec-output.ts';
import { SpecReader } from './spec-reader.ts';
import { type RecordsShape, recordsShape } from './spec-shape.ts';
import type { RecordsSource, RecordsSpec } from './spec-types.ts';

export type * from './spec-types.ts';

/** Parses the table of a `records` step: its shape, the names it uses, and that every expression compiles. */
export function parseRecords(
  raw: unknown,
  at: SourceMap,
  context: ParseContext,
): { readonly spec: RecordsSpec } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList(context.file, at, ['steps', context.step]);
  const parsed = recordsShape.safeParse(raw);
  if (!parsed.success) {
    problems.addIssues(parsed.error, recordsShape, raw);
    return { problems: problems.all };
  }
  const shape = parsed.data;
  const reader = new SpecReader(problems, context);
  const source = readSource(shape, context, problems);
  reader.connection(shape.target.connection, ['target', 'connection']);
  reader.connection(shape.source.connection, ['source', 'connection']);

  const lookupScope = reader.scope({}, null, false);
  const lookups = reader.lookups(shape.lookups, ['lookups'], lookupScope);
  const scope = reader.scope(shape.lookups, null, false);
  const spec: RecordsSpec = {
    key: problems.key([]),
    source,
    target: shape.target,
    undo: readUndo(shape, problems),
    parallel: shape.parallel,
    where: shape.where === undefined ? null : reader.expression(shape.where, ['where'], lookupScope),
    lookups,
    reject: reader.rejects(shape.reject, ['reject'], scope),
    outputs: Object.entries(shape.into).map(([table, output]) =>
      buildOutput(table, output, shape.lookups, reader, ['into', table]),
    ),
  };
  checkNames(spec, shape, problems);
  return problems.none ? { spec } : { problems: problems.all };
}

function readSource(shape: RecordsShape, context: ParseContext, problems: ProblemList): RecordsSource {
  const { connection, table, query, key, columns, optional } = shape.source;
  const common = { connection, key, columns: columns ?? null, optional };
  if (table !== undefined && query === undefined) return { ...common, from: { kind: 'table', table } };
  if (query === undefined || table !== undefined) {
    const message = table === undefined ? '`table` or `query` is missing' : '`table` and `query` are both given';
    problems.add(['source'], message, 'A step reads one table, or the result of one query.');
    return { ...common, from: { kind: 'table', table: table ?? '' } };
  }
  const sql = context.files.text(query);
  if (sql === null) {
    const inFolder = context.files.list(query.includes('/') ? query.slice(0, query.lastIndexOf('/')) : '');
    problems.add(['source', 'query'], `The file \`${query}\` is not in the bundle`, didYouMean(query, inFolder));
  } else if (sql.trim() === '') {
    problems.add(['source', 'query'], `The file \`${query}\` is empty`, 'It holds one SELECT.');
  }
  return { ...common, from: { kind: 'query', file: query, sql: sql ?? '' } };
}

function readUndo(shape: RecordsShape, problems: ProblemList): RecordsSpec['undo'] {
  const { mode } = shape.target;
  const undo = shape.undo ?? (mode === 'insert' ? 'delete_written' : 'preimages');
  if (undo === 'delete_written' && mode !== 'insert') {
    problems.add(
      ['undo'],
      `\`delete_written\` cannot undo mode \`${mode}\`: the rows that were there before would be lost`,
      'Use "preimages" or "restore".',
    );
  }
  return undo;
}
