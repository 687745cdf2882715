import type { KeyPath } from '../../profile/key-path.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { ExpressionScope } from '../../values/expression.ts';
import { type RawValue, reserved, type SpecReader } from './spec-reader.ts';
import type { LookupShape, OutputShape } from './spec-shape.ts';
import type { ColumnSpec, FanSpec, RecordsOutput } from './spec-types.ts';

/** One table of `into`. `outer` are the lookups of the step, which its expressions see too. */
export function buildOutput(
  table: string,
  shape: OutputShape,
  outer: Readonly<Record<string, LookupShape>>,
  reader: SpecReader,
  path: KeyPath,
): RecordsOutput {
  const { problems } = reader;
  const item = shape.each?.item ?? null;
  const index = shape.each !== undefined;
  if (shape.each && shape.unpivot) {
    problems.add([...path, 'unpivot'], '`each` and `unpivot` are both given', 'A table is filled by one of them.');
  }
  if (item !== null && (reserved.has(item) || Object.hasOwn(outer, item) || Object.hasOwn(shape.lookups, item))) {
    problems.add([...path, 'each', 'item'], `The name \`${item}\` is taken`, 'Choose another name for the item.');
  }
  for (const name of Object.keys(shape.lookups)) {
    if (Object.hasOwn(outer, name)) {
      problems.add([...path, 'lookups', name], `The step has a lookup \`${name}\` already`, 'Choose another name.');
    }
  }
  const record = reader.scope(outer, null, false);
  // Keys of lookups are gathered before any row of a lookup is there.
  const beforeLookups = reader.scope({}, item, index);
  const scope = reader.scope({ ...outer, ...shape.lookups }, item, index);
  return {
    key: problems.key(path),
    table,
    keyColumns: shape.key,
    surrogate: shape.surrogate,
    copy: shape.copy,
    drop: shape.drop,
    set: Object.entries(shape.set).map(([column, raw]) =>
      columnSpec(column, raw, reader, [...path, 'set', column], scope),
    ),
    fan: fanSpec(shape, reader, path, record),
    lookups: reader.lookups(shape.lookups, [...path, 'lookups'], beforeLookups),
    reject: reader.rejects(shape.reject, [...path, 'reject'], scope),
  };
}

function fanSpec(shape: OutputShape, reader: SpecReader, path: KeyPath, scope: ExpressionScope): FanSpec {
  if (shape.each) {
    const { item, of, bad, repeated } = shape.each;
    const here = [...path, 'each'];
    return {
      kind: 'each',
      key: reader.problems.key(here),
      item,
      of: reader.value(of, [...here, 'of'], scope),
      bad,
      repeated,
    };
  }
  if (shape.unpivot) {
    const { into, rows, bad } = shape.unpivot;
    const here = [...path, 'unpivot'];
    const entries = Object.entries(rows).map(([name, value]) => ({
      name,
      value: reader.value(value, [...here, 'rows', name], scope),
    }));
    return { kind: 'unpivot', key: reader.problems.key(here), into, rows: entries, bad };
  }
  return { kind: 'one' };
}

/** One column of a `set`. */
export function columnSpec(
  column: string,
  raw: OutputShape['set'][string],
  reader: SpecReader,
  path: KeyPath,
  scope: ExpressionScope,
): ColumnSpec {
  const given = typeof raw === 'object' ? raw : null;
  const value = given ? given.value : (raw as RawValue);
  const fallback = given?.default === undefined ? null : reader.value(given.default, [...path, 'default'], scope);
  const spec: ColumnSpec = {
    column,
    key: reader.problems.key(path),
    value: reader.value(value, given ? [...path, 'value'] : path, scope),
    nul: given?.nul ?? 'keep',
    map: given?.map ?? null,
    unknown: given?.unknown ?? 'quarantine',
    cast: given?.cast ?? null,
    bad: given?.bad ?? 'quarantine',
    default: fallback,
  };
  if (given) checkModifiers(spec, given, reader, path);
  return spec;
}

/** A modifier that cannot have an effect is a mistake. */
function checkModifiers(
  spec: ColumnSpec,
  given: { readonly unknown?: unknown; readonly bad?: unknown },
  reader: SpecReader,
  path: KeyPath,
): void {
  const { problems, context } = reader;
  const { maps } = context;
  if (spec.map !== null && !Object.hasOwn(maps, spec.map)) {
    const advice = didYouMean(spec.map, Object.keys(maps)) ?? 'Add it to [maps].';
    problems.add([...path, 'map'], `There is no map \`${spec.map}\``, advice);
  }
  if (given.unknown !== undefined && spec.map === null) {
    problems.add([...path, 'unknown'], '`unknown` without `map` has no effect', 'Name the map, or remove it.');
  }
  if (given.bad !== undefined && spec.cast === null) {
    problems.add([...path, 'bad'], '`bad` without `cast` has no effect', 'Name the type, or remove it.');
  }
  for (const name of ['unknown', 'bad'] as const) {
    if (spec[name] === 'default' && spec.default === null) {
      problems.add(
        [...path, name],
        `\`${name} = "default"\` needs a \`default\``,
        'Add the value that it falls back to.',
      );
    }
  }
}
