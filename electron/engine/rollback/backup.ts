import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { figure } from '#shared/model/figures.ts';
import type { Driver } from '../../drivers/driver.ts';
import type { Endpoint, ProtectedItem } from '../../drivers/relational.ts';
import { resolveEndpoint } from '../profile/endpoint.ts';
import { bundleOfRun, type RunBundle } from '../run/bundle-of-run.ts';
import { type EngineContext, nowText } from '../run/engine-context.ts';
import { keepHandOver } from '../run/hand-over.ts';
import { newLiveStep } from '../run/progress.ts';
import { Stopped } from '../run/run-control.ts';
import { findRun } from '../run/run-lock.ts';
import type { ActivePhase, PhaseEnd } from '../run/run-manager.ts';
import { storedPlan } from '../run/stored-plan.ts';
import { writePointGuide } from './point-guide.ts';
import { pointsFolder } from './points-folder.ts';
import { type ProtectedObjects, protectedObjects } from './protected-objects.ts';

/** Everything written at the point: what was saved, of which run, so that it can be restored without the journal. */
export type PointManifest = {
  readonly format: 1;
  readonly point: string;
  readonly run: string;
  readonly bundle: string;
  readonly createdAt: string;
  readonly items: readonly { readonly connection: string; readonly item: ProtectedItem }[];
};

const manifestName = 'manifest.json';

type Target = {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly driver: Driver;
};

/** The backup phase: saves what the plan writes to, reads it back, and leaves a verified rollback point or none. */
export async function backup(context: EngineContext, active: ActivePhase): Promise<PhaseEnd> {
  const { runId, control, event } = active;
  const { environment, journal } = context;
  const run = findRun(context, runId);
  const bundle = await bundleOfRun(context, run);
  const plan = storedPlan(context, runId);
  const targets = await targetsOf(context, bundle, plan.targets);
  const folder = await pointsFolder(context);
  const objects = await protectedObjects({ context, run, plan, bundle, signal: control.signal });
  const needed = await neededBytes(context, targets, objects);
  await requireSpace(context, folder, needed);
  const id = `p-${runId.replace(/^r-/, '')}-${journal.points.ofRun(runId).length + 1}`;
  const location = join(folder, id);
  await environment.fs.makeFolder(location, 0o700);
  journal.points.begin({
    id,
    run: runId,
    location,
    state: 'writing',
    verified_by: null,
    grade: 'none',
    at: nowText(context),
  });
  active.progress.beginPhase(
    targets.map(({ name }, index) => newLiveStep({ id: name, ord: index + 1, kind: 'files', unit: 'bytes' })),
  );
  event({
    severity: 'info',
    code: 'backup_started',
    step: null,
    text: `Backup: saving ${targets.length} ${targets.length === 1 ? 'target' : 'targets'} to ${location}`,
  });
  try {
    const items: { connection: string; item: ProtectedItem }[] = [];
    for (const target of targets)
      items.push(...(await protectTarget(context, active, target, objects, { id, location, already: items.length })));
    const manifest: PointManifest = {
      format: 1,
      point: id,
      run: runId,
      bundle: bundle.profile.id,
      createdAt: nowText(context),
      items,
    };
    const { createdAt } = manifest;
    const connections = targets.map((target) => target.name);
    await writePointGuide(location, { run: runId, bundle: bundle.profile.id, createdAt, connections }, environment);
    await environment.fs.writeDurable(join(location, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    environment.failpoints.hit('point.verified.before');
    const grade = items.every(({ item }) => item.how === 'byte_copy' || item.how === 'absent')
      ? 'same_bytes'
      : 'same_content';
    journal.points.change(id, { state: 'verified', verifiedBy: 'hash', grade });
    await keepHandOver(context, runId);
    const bytes = items.reduce((sum, { item }) => sum + item.bytes, 0);
    event({
      severity: 'info',
      code: 'backup_verified',
      step: null,
      text: `Backup: ${figure(bytes)} bytes saved, read back, and every hash matches`,
    });
    return { result: 'verified', condition: 'done' };
  } catch (error) {
    await environment.fs.remove(location);
    journal.points.remove(id);
    if (control.wish !== 'run') throw new Stopped(control.wish);
    throw error;
  }
}

/** Connections that a rollback brings back, with the driver of each. */
export async function targetsOf(
  context: EngineContext,
  bundle: RunBundle,
  names: readonly string[],
): Promise<Target[]> {
  return Promise.all(
    names.map(async (name) => {
      const connection = bundle.profile.connections.get(name);
      const driver = connection && context.drivers.get(connection.engine);
      if (!connection || !driver)
        throw new OverlandError('NOT_FOUND', `The profile has no connection "${name}".`, { what: 'connection', name });
      return {
        name,
        driver,
        endpoint: await resolveEndpoint(connection, bundle.files.folder, context.environment.secrets),
      };
    }),
  );
}

async function protectTarget(
  context: EngineContext,
  active: ActivePhase,
  target: Target,
  objects: ProtectedObjects,
  { id, location, already }: { readonly id: string; readonly location: string; readonly already: number },
): Promise<{ connection: string; item: ProtectedItem }[]> {
  const { environment, journal } = context;
  const live = active.progress.step(target.name);
  const items: { connection: string; item: ProtectedItem }[] = [];
  active.progress.beginStep(live);
  for await (const said of target.driver.protect(
    {
      endpoint: target.endpoint,
      folder: join(location, target.name),
      objects: objects.get(target.name) ?? null,
      signal: active.control.signal,
    },
    environment,
  )) {
    if (said.kind === 'progress') {
      live.note = said.doing;
      live.done = said.bytes;
      live.total = said.total;
      active.progress.changed();
      continue;
    }
    // The driver's paths are relative to its own folder of the point.
    items.push({ connection: target.name, item: said.item });
    journal.points.addItem(id, {
      seq: already + items.length,
      connection: target.name,
      item: said.item,
      tookMs: said.tookMs,
    });
    environment.failpoints.hit('point.item.after');
  }
  live.state = 'completed';
  live.note = null;
  live.endedAt = environment.clock.monotonic();
  active.progress.changed();
  return items;
}

/** Bytes that the drivers will write at most, as far as they can tell; 1 MB for what hangs around them. */
export async function neededBytes(
  { environment }: EngineContext,
  targets: readonly Target[],
  objects: ProtectedObjects,
): Promise<number> {
  const bytes = await Promise.all(
    targets.map(({ name, endpoint, driver }) =>
      driver.protectedBytes?.({ endpoint, objects: objects.get(name) ?? null }, environment),
    ),
  );
  return bytes.reduce<number>((sum, own) => sum + (own ?? 0), 1024 * 1024);
}

async function requireSpace(context: EngineContext, folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await context.environment.fs.freeBytes(folder);
  if (freeBytes === null || freeBytes >= neededBytes) return;
  throw new OverlandError(
    'SPACE',
    `The backup folder ${folder} has ${figure(freeBytes)} bytes free and ${figure(neededBytes)} are needed.`,
    {
      where: folder,
      neededBytes,
      freeBytes,
      advice: 'Free space on this disk, or choose another folder in the settings.',
    },
  );
}
