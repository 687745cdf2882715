import { join } from 'node:path';
import { type Holder, OverlandError } from '#shared/model/error.ts';
import type { Endpoint, LedgerChunk, ProtectedItem, RunInTarget } from '../../drivers/relational.ts';
import { difference, refuseStale } from '../plan/stale.ts';
import { targetText } from '../profile/endpoint.ts';
import { openBundle } from '../profile/open-bundle.ts';
import type { Overrides } from '../profile/profile.ts';
import { type Adopted, type FoundInTargets, reconcileAdopted } from './adopted-rows.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { type HandOver, readHandOver } from './hand-over.ts';
import type { RunRecord } from './journal/rows.ts';
import { type RunRows, storeRunRows } from './journal/run-rows.ts';
import { SessionPool } from './session-pool.ts';
import { type StoredPlan, storedPlanKind } from './stored-plan.ts';
import { leaseName } from './target-leases.ts';
import { withResource } from './with-resource.ts';

/** A sign of life that is younger than this is one, whatever the operator says. */
const freshMs = 60_000;
export const holderGone = 'holder-is-gone';

export type AdoptRequest = {
  /** Folder of the bundle on this machine. */
  readonly bundle: string;
  /** Folder of the rollback point, or the one that stands for it. */
  readonly folder: string;
  /** What this machine says about connections; goes before what the run was planned with. */
  readonly overrides: Overrides;
  readonly consents: readonly string[];
};

export type AdoptedRun = Adopted & { readonly runId: string; readonly replays: number; readonly from: HandOver };

/**
 * Takes up a run whose journal is lost: what was decided comes from the hand-over in its rollback point, what is committed from
 * its targets. Refused while its holder lives, for another bundle, and when the run is here already. Writes to this journal
 * only; a lease of a holder that is gone by the operator's word is ended.
 */
export async function adoptRun(context: EngineContext, request: AdoptRequest): Promise<AdoptedRun> {
  const { environment, journal } = context;
  const folder = await environment.fs.realPath(request.folder).catch(() => request.folder);
  const given = await readHandOver(context, folder);
  refuseKnown(context, given.run);
  const [own, ...replays] = given.runs.map((rows) => moved(rows, request, folder));
  const plan = planOf(own!);
  const run = runOf(own!);
  const overrides = JSON.parse(run.overrides) as Overrides;
  const bundle = await openBundle(request.bundle, { kinds: context.kinds, overrides });
  refuseStale([difference('bundle', run.bundle_hash, bundle.hash, run.bundle_hash === bundle.hash)]);
  const scratch = join(environment.paths.scratch, given.run, 'adopt');
  await environment.fs.makeFolder(scratch);
  const pool = (mode: 'read' | 'write') =>
    new SessionPool(context, bundle.profile, bundle.files.folder, mode, scratch, new AbortController().signal);
  try {
    const reading = pool('read');
    const files = new Map<string, string>();
    const found = await withResource(reading, async () => {
      for (const name of plan.targets) {
        const file = await fileOf(context, await reading.endpoint(reading.connection(name)));
        if (file !== null) files.set(name, file);
      }
      return lookInto(plan, reading, given, run);
    });
    const gone = await goneHolders(context, plan, pool('read'), request.consents);
    if (gone.length > 0) await endLeases(gone, pool('write'));
    const runs = [own!, ...replays];
    return journal.db.transaction(() => {
      for (const rows of runs) storeRunRows(journal.db, rows);
      for (const [name, file] of files) moveItems(context, given.run, name, file);
      const figures = runs.map((rows) => reconcileAdopted(context, runOf(rows).id, found.get(runOf(rows).id)!));
      const lost = figures.reduce((sum, one) => sum + one.lost, 0);
      tell(context, given, figures[0]!, lost);
      return { ...figures[0]!, lost, runId: given.run, replays: replays.length, from: given };
    });
  } finally {
    await environment.fs.remove(join(environment.paths.scratch, given.run));
  }
}

/** Rows with what differs on this machine: where the bundle and the rollback point lie, and the connections. */
function moved(rows: RunRows, { bundle, overrides }: AdoptRequest, folder: string): RunRows {
  const run = runOf(rows);
  const before = JSON.parse(run.overrides) as Overrides;
  const names = new Set([...Object.keys(before), ...Object.keys(overrides)]);
  const merged = Object.fromEntries([...names].map((name) => [name, { ...before[name], ...overrides[name] }]));
  const usable = rows.point.filter((row) => row['state'] === 'verified' || row['state'] === 'used');
  const newest = usable.toSorted((a, b) => String(a['at']).localeCompare(String(b['at']))).at(-1);
  return {
    ...rows,
    run: rows.run.map((row) => ({ ...row, bundle_path: bundle, overrides: JSON.stringify(merged) })),
    point: rows.point.map((row) => (row === newest ? { ...row, location: folder } : row)),
  };
}

/** Chunks and entries of the run and its replays in every target. */
async function lookInto(
  plan: StoredPlan,
  pool: SessionPool,
  given: HandOver,
  run: RunRecord,
): Promise<Map<string, FoundInTargets>> {
  const ids = given.runs.map((rows) => runOf(rows).id);
  const found = new Map(ids.map((id) => [id, { rows: [] as RunInTarget[], chunks: [] as LedgerChunk[] }]));
  for (const name of plan.targets) {
    const { control } = await pool.session(name);
    for (const row of await control.runs()) {
      if (row.runId === run.id)
        refuseStale([difference('plan', run.plan_hash ?? '', row.planHash, run.plan_hash === row.planHash)]);
      found.get(row.runId)?.rows.push(row);
    }
    for (const [id, { chunks }] of found)
      for (const unit of await control.units(id)) chunks.push(...(await control.chunks(id, unit)));
  }
  return found;
}

type Gone = { readonly target: string; readonly holder: Holder };

/** Holders that may be given up; fails with LOCKED for one that lives, and with CONSENT_MISSING where that is not known. */
async function goneHolders(
  context: EngineContext,
  plan: StoredPlan,
  pool: SessionPool,
  consents: readonly string[],
): Promise<Gone[]> {
  return withResource(pool, async () => {
    const gone: Gone[] = [];
    for (const target of plan.targets) {
      const session = await pool.session(target);
      const holder = await session.leaseHolder(leaseName(target));
      if (holder === null || holder.alive === 'no') continue;
      const where = targetText(session.endpoint);
      const silentMs = context.environment.clock.now().getTime() - Date.parse(holder.lastSign);
      if (holder.alive === 'yes' || silentMs < freshMs) {
        throw new OverlandError(
          'LOCKED',
          `${where} is held by run ${holder.runId} of ${holder.person} on ${holder.machine}, which gave a sign of life at ${holder.lastSign}.`,
          { holder, target: where },
          { advice: 'Let it end, or end that process; then adopt the run.' },
        );
      }
      gone.push({ target, holder });
    }
    const [first] = gone;
    if (first && !consents.includes(holderGone)) throw notKnown(first.holder);
    return gone;
  });
}

function notKnown(holder: Holder): OverlandError {
  const text = `Whether process ${holder.pid} on ${holder.machine} still works on run ${holder.runId} cannot be known from here; its last sign of life was at ${holder.lastSign}. It does not run any more.`;
  return new OverlandError(
    'CONSENT_MISSING',
    `Consent is missing: ${holderGone}.`,
    { needs: [{ name: holderGone, step: null, text, typed: holder.machine }] },
    { advice: `Make sure of it, then say so: --consent ${holderGone}` },
  );
}

async function endLeases(gone: readonly Gone[], pool: SessionPool): Promise<void> {
  await withResource(pool, async () => {
    for (const { target, holder } of gone)
      await (await pool.session(target)).control.endLease(leaseName(target), holder);
  });
}

/** A database file may lie elsewhere on this machine; it is restored to where the connection says. */
function moveItems({ journal }: EngineContext, runId: string, connection: string, file: string): void {
  const point = journal.points.usable(runId);
  if (!point) return;
  for (const { seq, item, ...kept } of journal.points.items(point.id)) {
    if (kept.connection !== connection) continue;
    const suffix = /-(wal|journal)$/.exec(item.object)?.[0] ?? '';
    const body: ProtectedItem = { ...item, originalPath: file + suffix };
    journal.db.run('UPDATE point_item SET body = ? WHERE point = ? AND seq = ?', JSON.stringify(body), point.id, seq);
  }
}

/** As the backup names a file: by its real path where it exists; null for a server. */
async function fileOf({ environment }: EngineContext, endpoint: Endpoint): Promise<string | null> {
  if (!('path' in endpoint)) return null;
  return (await environment.fs.exists(endpoint.path)) ? environment.fs.realPath(endpoint.path) : endpoint.path;
}

function tell(context: EngineContext, given: HandOver, figures: Adopted, lost: number): void {
  const { person, machine } = context.environment.identity;
  const entries = lost === 0 ? '' : `; ${lost} entries of quarantine are known by number only`;
  context.journal.events.append(
    given.run,
    {
      severity: 'warning',
      code: 'adopted',
      step: null,
      text: `Adopted by ${person} on ${machine} from what ${given.person} on ${given.machine} left at ${given.writtenAt}: ${figures.committed} chunks are committed, ${figures.pending} are not${entries}`,
    },
    nowText(context),
  );
}

function refuseKnown({ journal }: EngineContext, runId: string): void {
  const known = journal.runs.find(runId);
  if (!known) return;
  throw new OverlandError(
    'WRONG_STATE',
    `Run ${runId} is in this data folder already.`,
    { phase: known.phase, condition: known.condition, allowed: ['resume', 'rollback'] },
    { advice: `overland status ${runId} says where it is.` },
  );
}

function runOf(rows: RunRows): RunRecord {
  return rows.run[0] as unknown as RunRecord;
}

function planOf(rows: RunRows): StoredPlan {
  const document = rows.document.find((row) => row['kind'] === storedPlanKind);
  if (!document) throw new Error('A hand-over without a plan');
  return JSON.parse(String(document['body'])) as StoredPlan;
}
