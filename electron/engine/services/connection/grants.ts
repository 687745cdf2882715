import type { ConnectionGrants } from '#shared/contract/connection.ts';
import {
  type Endpoint,
  type GrantNeeds,
  isRelational,
  type RelationalDriver,
  type WrittenTable,
} from '../../../drivers/relational.ts';
import { resolveEndpoint } from '../../profile/endpoint.ts';
import type { BundleFiles, Profile, ProfileConnection } from '../../profile/profile.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { withResource } from '../../run/with-resource.ts';
import { whereOf } from '../bundle/bundle-view.ts';

type Bundle = { readonly profile: Profile; readonly files: BundleFiles };

/** What the owners of the databases grant, connection by connection. Endpoints are looked into where they can be reached. */
export async function grantsOf(
  context: EngineContext,
  { profile, files }: Bundle,
  signal: AbortSignal,
): Promise<ConnectionGrants[]> {
  const all: ConnectionGrants[] = [];
  for (const connection of profile.connections.values()) {
    const driver = context.drivers.get(connection.engine);
    if (!driver || !isRelational(driver)) continue;
    const { secrets } = context.environment;
    // No statement holds a password, so one that is not set yet is no hindrance.
    const known = await resolveEndpoint(connection, files.folder, secrets).catch(() => null);
    const endpoint = known ?? (await resolveEndpoint({ ...connection, secrets: [] }, files.folder, secrets));
    const tables = known ? await tablesAt(context, driver, known, signal) : null;
    const needs = needsOf(profile, connection, tables);
    all.push({
      connection: connection.name,
      engine: connection.engine,
      where: whereOf(connection),
      user: 'fields' in endpoint ? (endpoint.fields['user'] ?? null) : null,
      looked: tables !== null,
      statements: [...(driver.grants?.(endpoint, needs) ?? [])],
    });
  }
  return all;
}

/** Names of the tables that are there; null where they cannot be seen yet. */
async function tablesAt(
  { environment }: EngineContext,
  driver: RelationalDriver,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if (!driver.grants) return null;
  try {
    const session = await driver.connect(endpoint, 'read', environment, signal);
    const { tables } = await withResource(session, () => session.catalog(null));
    return new Set(tables.map((table) => table.name));
  } catch (error) {
    signal.throwIfAborted();
    environment.log.debug('A connection could not be looked into for its grants', { connection: endpoint.name, error });
    return null;
  }
}

function needsOf(
  profile: Profile,
  { name, access }: ProfileConnection,
  tables: ReadonlySet<string> | null,
): GrantNeeds {
  const rights = profile.steps
    .flatMap((step) => step.kind.rights?.(step.spec) ?? [])
    .filter((one) => one.connection === name);
  const writes = new Map<string, WrittenTable>();
  for (const { mode, tables: named } of rights) {
    for (const table of named ?? tables ?? []) {
      const had = writes.get(table);
      writes.set(table, {
        table,
        mode: had && mode === 'insert' ? had.mode : mode,
        exists: tables === null ? null : tables.has(table),
      });
    }
  }
  return { access, structure: rights.some((one) => one.structure), writes: [...writes.values()] };
}
