import { join } from 'node:path';
import type { LoadedProfile } from '../../profile/load-profile.ts';
import { openBundle } from '../../profile/open-bundle.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { type PoolMode, SessionPool } from '../../run/session-pool.ts';
import { withResource } from '../../run/with-resource.ts';
import type { SchemaSpec } from '../../steps/schema/spec-types.ts';
import { bundleFolder, overridesOf } from '../bundle/bundle-folder.ts';
import { invalidInput } from '../failure.ts';

export type SchemaStep = { readonly id: string; readonly ord: number; readonly spec: SchemaSpec };
export type OpenedBundle = {
  readonly bundle: LoadedProfile;
  readonly folder: string;
  readonly steps: readonly SchemaStep[];
};

/** The bundle with its `schema` steps, in the order in which they run. Fails when it has none. */
export async function openSchemaSteps(context: EngineContext, path: string): Promise<OpenedBundle> {
  const folder = await bundleFolder(context, path);
  const bundle = await openBundle(folder, { kinds: context.kinds, overrides: overridesOf(context, folder) });
  const steps = bundle.profile.steps
    .filter((step) => step.kind.kind === 'schema')
    .map(({ id, ord, spec }) => ({ id, ord, spec: spec as SchemaSpec }));
  if (steps.length === 0) throw invalidInput('path', `${bundle.profile.id} has no step of kind "schema".`);
  return { bundle, folder, steps };
}

/** The step that is meant; without a name there must be one alone. */
export function chosenStep({ steps }: OpenedBundle, id: string | null): SchemaStep {
  const names = steps.map((step) => step.id).join(', ');
  if (id === null) {
    if (steps.length === 1) return steps[0]!;
    throw invalidInput('step', `The bundle has ${steps.length} schema steps.`, `Name one: ${names}.`);
  }
  const step = steps.find((one) => one.id === id);
  if (!step) throw invalidInput('step', `The bundle has no schema step ${id}.`, `Schema steps: ${names}.`);
  return step;
}

/** Works with sessions of the bundle's connections and a scratch folder, both gone afterwards. */
export async function withSessions<T>(
  context: EngineContext,
  { bundle, folder }: OpenedBundle,
  mode: PoolMode,
  signal: AbortSignal,
  work: (pool: SessionPool) => Promise<T>,
): Promise<T> {
  const { environment } = context;
  const scratch = join(environment.paths.scratch, `migrations-${environment.random.id(8)}`);
  await environment.fs.makeFolder(scratch, 0o700);
  try {
    return await withResource(new SessionPool(context, bundle.profile, folder, mode, scratch, signal), work);
  } finally {
    await environment.fs.remove(scratch);
  }
}
