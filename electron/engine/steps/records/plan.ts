import type { Estimate, Touched } from '#shared/contract/plan.ts';
import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { DbFailure, type RelationalSession } from '../../../drivers/relational.ts';
import { type World, type WorldTable, withTables } from '../../plan/world.ts';
import { openPlanScratch, withResult } from '../plan-scratch.ts';
import type { Planned, ReadEnv, StepHead } from '../step-kind.ts';
import { compile, compilePlan } from './compiled.ts';
import { basisOf, forecastFindings, mappingFindings } from './findings.ts';
import { type Forecast, forecast } from './forecast.ts';
import type { RecordsPlan } from './plan-types.ts';
import { examineSource, readsOf, type SourceFacts } from './source.ts';
import type { RecordsSpec } from './spec.ts';
import { missingTargets, planOutputs } from './targets.ts';
import { typeTable } from './type-table.ts';
import { fewOf, readByText, recordsCommitText } from './words.ts';

/** Fewest records of a chunk, however slow they are: each chunk has a commit of its own. */
const fewestRows = 1_000;
/** Fewest records whose speed says something about a whole chunk. */
const enoughRecords = 10_000;

/** What a source lacks of what the mapping reads; the target is not looked at. */
export async function examineRecords(
  spec: RecordsSpec,
  step: StepHead,
  source: RelationalSession,
  env: Pick<ReadEnv, 'maps' | 'constants' | 'run'>,
): Promise<readonly Finding[]> {
  if (source.endpoint.name !== spec.source.connection) return [];
  const examined = await examineSource(spec, step, source);
  if ('findings' in examined) return examined.findings;
  const compiled = compile(spec, examined.facts.columns, () => null, env);
  return 'problems' in compiled ? mappingFindings(compiled.problems, spec, step) : [];
}

/** Checks source and target against the mapping, then reads, maps and rehearses the data up to a limit. */
export async function planRecords(
  spec: RecordsSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<RecordsPlan>> {
  const source = await env.session(spec.source.connection);
  const target = await env.session(spec.target.connection);
  const examined = await examineSource(spec, step, source);
  const wrong = [
    ...('findings' in examined ? examined.findings : []),
    ...missingTargets(spec, step, world),
    ...sameFile(spec, step, source, target),
  ];
  if ('findings' in examined || wrong.length > 0) return notPlanned(spec, step, world, source, wrong);
  const { facts } = examined;
  const tables = world.tables.get(spec.target.connection)!;
  const compiled = compile(spec, facts.columns, (table) => tables.get(table)?.info.columns ?? null, env);
  if ('problems' in compiled) {
    return notPlanned(spec, step, world, source, mappingFindings(compiled.problems, spec, step));
  }
  const draft: RecordsPlan = {
    spec,
    source: {
      from:
        spec.source.from.kind === 'table'
          ? spec.source.from
          : { kind: 'query', sql: spec.source.from.sql, name: step.id },
      columns: compiled.mapping.columns,
      key: spec.source.key,
    },
    sourceColumns: facts.columns.map(({ name, type }) => ({ name, type })),
    outputs: await planOutputs(spec, target, world, env),
    chunk: { rows: env.policy.chunk.rows, bytes: env.policy.chunk.bytes },
    records: facts.records ?? 0,
  };
  try {
    return await measured(draft, step, world, facts, source, target, env);
  } catch (error) {
    // A table to look up in that is not there, because the migration that makes it failed.
    if (!(error instanceof DbFailure) || error.error.code !== 'NO_TABLE') throw error;
    const { message } = error;
    const finding = makeFinding({ severity: 'critical', category: 'missing_table', step: step.id, message });
    return notPlanned(spec, step, world, source, [finding]);
  }
}

async function measured(
  draft: RecordsPlan,
  step: StepHead,
  world: World,
  facts: SourceFacts,
  source: RelationalSession,
  target: RelationalSession,
  env: ReadEnv,
): Promise<Planned<RecordsPlan>> {
  const { spec } = draft;
  const compiled = compilePlan(draft, target, env);
  const scratch = await openPlanScratch(target, step, world, env);
  const bytesBefore = await fileBytes(scratch.session, env);
  let seen: Forecast;
  try {
    seen = await forecast(draft, compiled, source, scratch.session, facts.records, env);
  } finally {
    await scratch.session[Symbol.asyncDispose]();
  }
  const records = seen.sampled ? (facts.records ?? seen.records) : seen.records;
  const plan: RecordsPlan = { ...draft, records, chunk: { ...draft.chunk, rows: chunkRows(seen, env) } };
  const grown = Math.max(0, ((await fileBytes(scratch.session, env)) ?? 0) - (bytesBefore ?? 0));
  const bytes = seen.records === 0 ? 0 : Math.ceil((grown / seen.records) * records);
  const scale = seen.records === 0 ? 0 : records / seen.records;
  const touches: Touched[] = plan.outputs.map((output) => ({
    connection: spec.target.connection,
    object: output.table,
    how: spec.target.mode === 'insert' ? 'insert' : spec.target.mode === 'replace' ? 'replace' : 'update',
    rows: Math.round((seen.counts.outputs[output.table]?.emitted ?? 0) * scale),
    bytes: null,
  }));
  const speed = secondsPerRecord(seen);
  return {
    plan,
    touches,
    touchesText: `${sourceName(spec)} to ${fewOf(plan.outputs.map((output) => output.table))}`,
    amount: records,
    unit: 'rows',
    bytes: Math.round(seen.readBytes * scale),
    estimate: speed === null ? null : estimateOf(speed * records, seen, records, target),
    rowsPerSecond: speed === null ? null : Math.round(1 / speed),
    findings: forecastFindings(plan, seen, step, env, sampledLookups(spec, world)),
    undo: spec.undo,
    undoText: undoText(plan),
    commit: 'target_transaction',
    commitText: recordsCommitText,
    readBy: readByText(source),
    types: typeTable(plan, compiled, facts, seen),
    reads: readsOf(spec, compiled.mapping.uses, facts.tables),
    space: [
      { connection: spec.target.connection, bytes, purpose: `rows of ${step.id}` },
      ...(spec.source.from.kind === 'query'
        ? [
            {
              connection: null,
              bytes: Math.round(seen.readBytes * scale * 1.2),
              purpose: `the query of ${step.id}, spooled once`,
            },
          ]
        : []),
    ],
    after: withSampled(withResult(worldAfter(plan, world, touches), scratch.result), plan, seen),
  };
}

/** Tables that are looked up and hold only a sample in scratch, since an earlier step was forecast from a sample. */
function sampledLookups(spec: RecordsSpec, world: World): readonly string[] {
  const lookups = [...spec.lookups, ...spec.outputs.flatMap((output) => output.lookups)];
  const names = lookups.map((lookup) => `${lookup.connection}.${lookup.table}`);
  return [...new Set(names)].filter((name) => world.results.has(`sampled/${name}`));
}

function withSampled(world: World, plan: RecordsPlan, seen: Forecast): World {
  if (!seen.sampled) return world;
  const { connection } = plan.spec.target;
  return plan.outputs.reduce(
    (next, output) => withResult(next, [`sampled/${connection}.${output.table}`, true]),
    world,
  );
}

/** So many records that a chunk takes about the policy's seconds, in steps of a thousand. */
function chunkRows(seen: Forecast, env: ReadEnv): number {
  const speed = secondsPerRecord(seen);
  const { rows, seconds } = env.policy.chunk;
  // The first records are slow while the code is warming up.
  if (speed === null || seen.records < enoughRecords) return rows;
  const fitting = Math.floor(seconds / speed / fewestRows) * fewestRows;
  return Math.min(rows, Math.max(fitting, fewestRows));
}

/** Null when too little was read for a figure. Rows of records that were refused are not written, so writing counts by row. */
function secondsPerRecord(seen: Forecast): number | null {
  const { accepted } = seen.counts;
  if (seen.records < 50 || accepted === 0 || seen.rowsWritten === 0) return null;
  return (seen.readSeconds + seen.writeSeconds * (seen.records / accepted)) / seen.records;
}

function estimateOf(seconds: number, seen: Forecast, records: number, target: RelationalSession): Estimate {
  const basis = `${basisOf(seen, records)}, mapped and written to a scratch file of the same kind`;
  const likely = seconds * 1.2 + 0.05;
  if (target.endpoint.engine === 'sqlite') return { low: seconds * 0.8, likely, high: seconds * 3 + 0.5, basis };
  return {
    low: seconds * 0.5,
    likely,
    high: seconds * 6 + 1,
    basis: `${basis}; write speed of the server not measured`,
  };
}

/** Size of a scratch file; null where the target is no file. */
async function fileBytes(session: RelationalSession, env: ReadEnv): Promise<number | null> {
  if (session.endpoint.engine !== 'sqlite') return null;
  const { path } = session.endpoint;
  const parts = await Promise.all([path, `${path}-wal`].map((file) => env.environment.fs.stat(file)));
  return parts.reduce((sum, part) => sum + (part?.bytes ?? 0), 0);
}

function worldAfter(plan: RecordsPlan, world: World, touches: readonly Touched[]): World {
  const { connection } = plan.spec.target;
  const tables = world.tables.get(connection)!;
  const changes = new Map<string, WorldTable>();
  for (const touch of touches) {
    const table = tables.get(touch.object)!;
    changes.set(touch.object, { ...table, rows: (table.rows ?? 0) + (touch.rows ?? 0) });
  }
  return withTables(world, connection, changes);
}

function undoText(plan: RecordsPlan): string {
  const names = plan.outputs.map((output) => output.table).join(', ');
  switch (plan.spec.undo) {
    case 'delete_written':
      return plan.outputs.some((output) => output.keep === 'written')
        ? `Deletes from ${names} the rows whose keys were kept as they were written; a row changed since is shown, not removed.`
        : `Reads the source again and deletes from ${names} each row that is still as it was written; a row changed since is shown, not removed.`;
    case 'preimages':
      return `Brings back the rows of ${names} as they were before, from what each chunk kept.`;
    case 'restore':
      return 'The way back is the rollback point.';
    case 'none':
      return `Nothing brings back ${names} as they were.`;
  }
}

function sourceName({ source }: RecordsSpec): string {
  return source.from.kind === 'table' ? source.from.table : source.from.file;
}

/** Two connections to one file: while one reads, the other cannot commit. */
function sameFile(spec: RecordsSpec, step: StepHead, source: RelationalSession, target: RelationalSession): Finding[] {
  if (spec.source.connection === spec.target.connection) return [];
  if (source.endpoint.engine !== 'sqlite' || target.endpoint.engine !== 'sqlite') return [];
  if (source.endpoint.path !== target.endpoint.path) return [];
  return [
    makeFinding({
      severity: 'critical',
      category: 'same_file',
      step: step.id,
      path: source.endpoint.path,
      message: `${spec.source.connection} and ${spec.target.connection} are the same file.`,
      suggestion: 'Use one connection for both, or another file as target.',
    }),
  ];
}

/** The step cannot run as it stands; its findings say why, and the world stays as it was. */
function notPlanned(
  spec: RecordsSpec,
  step: StepHead,
  world: World,
  source: RelationalSession,
  findings: readonly Finding[],
): Planned<RecordsPlan> {
  const plan: RecordsPlan = {
    spec,
    source: { from: { kind: 'table', table: '' }, columns: [], key: spec.source.key },
    sourceColumns: [],
    outputs: [],
    chunk: { rows: fewestRows, bytes: fewestRows },
    records: 0,
  };
  return {
    plan,
    touches: [],
    touchesText: `${sourceName(spec)}: ${counted(findings.length, 'problem')}`,
    amount: 0,
    unit: 'rows',
    bytes: null,
    estimate: null,
    rowsPerSecond: null,
    findings: findings.map((finding) => ({ ...finding, step: step.id })),
    undo: spec.undo,
    undoText: 'Nothing is written.',
    commit: 'target_transaction',
    commitText: recordsCommitText,
    readBy: readByText(source),
    types: [],
    reads: [],
    space: [],
    after: world,
  };
}
