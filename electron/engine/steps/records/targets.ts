import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { RelationalSession, TableInfo } from '../../../drivers/relational.ts';
import type { World, WorldTable } from '../../plan/world.ts';
import { nearest } from '../../profile/suggest.ts';
import { RowDigest } from '../../values/digest.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import type { PlannedOutput, Reference } from './plan-types.ts';
import type { RecordsOutput, RecordsSpec } from './spec.ts';
import { comparableColumns } from './stored-form.ts';

/** Output tables that neither exist nor will be made by an earlier step. */
export function missingTargets(spec: RecordsSpec, step: StepHead, world: World): Finding[] {
  const tables = world.tables.get(spec.target.connection);
  return spec.outputs
    .filter((output) => !tables?.has(output.table))
    .map((output) => {
      const near = nearest(output.table, [...(tables?.keys() ?? [])]);
      return makeFinding({
        severity: 'critical',
        category: 'target_table_missing',
        step: step.id,
        path: `${spec.target.connection}.${output.table}`,
        rule: output.key,
        message: `The target ${spec.target.connection} has no table ${output.table}, and no earlier step makes it.`,
        suggestion: near
          ? `Did you mean ${near}?`
          : 'Add a schema step that makes it to `needs`, or name another table.',
      });
    });
}

/** What must be known of every output table, in the order in which rows are written. All tables are there. */
export async function planOutputs(
  spec: RecordsSpec,
  target: RelationalSession,
  world: World,
  env: ReadEnv,
): Promise<readonly PlannedOutput[]> {
  const tables = world.tables.get(spec.target.connection)!;
  const before = new Map((await target.catalog(null)).tables.map((table) => [table.name, table]));
  const outputs: PlannedOutput[] = [];
  for (const output of parentsFirst(spec.outputs, tables)) {
    const world = tables.get(output.table)!;
    const held = before.get(output.table);
    const rowsBefore = held?.rows ?? (world.madeBy === null ? (world.rows ?? 0) : 0);
    const { mode } = spec.target;
    outputs.push({
      table: output.table,
      info: world.info,
      rowsBefore,
      digestBefore: await digestOf(target, held, world.info, output, env),
      keep: mode !== 'insert' ? 'preimages' : rowsBefore > 0 ? 'written' : 'nothing',
      referredBy: referencesTo(world.info, tables),
    });
  }
  return outputs;
}

/** Referenced tables first; tables that refer to each other stay in the order of the profile. */
function parentsFirst(
  outputs: readonly RecordsOutput[],
  tables: ReadonlyMap<string, WorldTable>,
): readonly RecordsOutput[] {
  const left = [...outputs];
  const ordered: RecordsOutput[] = [];
  while (left.length > 0) {
    const waiting = new Set(left.map((output) => output.table));
    const free = left.findIndex((output) =>
      (tables.get(output.table)?.info.foreignKeys ?? []).every(
        (foreign) => foreign.table === output.table || !waiting.has(foreign.table),
      ),
    );
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** Foreign keys of these tables that refer to one. */
export function referencesTo(parent: TableInfo, tables: ReadonlyMap<string, WorldTable>): Reference[] {
  return [...tables.values()].flatMap(({ info }) =>
    info.foreignKeys
      .filter((foreign) => foreign.table === parent.name)
      .map((foreign) => {
        const all = info.columns.filter((column) => !column.generated).map((column) => column.name);
        return {
          table: info.name,
          columns: foreign.columns,
          references: foreign.references.length > 0 ? foreign.references : parent.primaryKey,
          key: info.primaryKey.length > 0 ? info.primaryKey : all,
          all,
        };
      }),
  );
}

/** Null where a table was filled by a step before this one, so that it cannot be read yet. */
async function digestOf(
  target: RelationalSession,
  held: TableInfo | undefined,
  predicted: TableInfo,
  output: RecordsOutput,
  env: ReadEnv,
): Promise<string | null> {
  const digest = new RowDigest();
  if (!held || held.rows === 0) return digest.toText();
  const columns = comparableColumns(predicted, output.surrogate);
  if (columns.some((name) => !held.columns.some((column) => column.name === name))) return null;
  for await (const batch of target.scan(output.table, columns, env.signal)) digest.addAll(batch.rows);
  return digest.toText();
}
