import { openBundle } from '../profile/open-bundle.ts';
import type { Overrides } from '../profile/profile.ts';
import { environmentKind, runEnvironment } from '../validation/report/run-environment.ts';
import { type EngineContext, nowText } from './engine-context.ts';

/** Creates a run of a bundle's folder, with the fields that the operator overrode on this machine. Returns its id. */
export async function createRun(
  context: EngineContext,
  folder: string,
  overrides: Overrides,
  parent: string | null = null,
): Promise<string> {
  const { journal, environment } = context;
  const bundle = await openBundle(folder, { kinds: context.kinds, overrides });
  const at = nowText(context);
  const id = `r-${at.slice(0, 10).replaceAll('-', '')}-${at.slice(11, 16).replace(':', '')}-${environment.random.id(4)}`;
  journal.runs.create({
    id,
    profile_id: bundle.profile.id,
    profile_version: bundle.profile.version,
    bundle_path: bundle.files.folder,
    bundle_hash: bundle.hash,
    overrides: JSON.stringify(overrides),
    parent_run: parent,
    engine_version: context.version,
    person: environment.identity.person,
    machine: environment.identity.machine,
    started_at: at,
  });
  journal.runs.putDocument(id, environmentKind, runEnvironment(context), at);
  return id;
}
