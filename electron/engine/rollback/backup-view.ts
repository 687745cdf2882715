import type { BackupView } from '#shared/contract/backup.ts';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { ProtectedItem } from '../../drivers/relational.ts';
import { bundleOfRun } from '../run/bundle-of-run.ts';
import type { EngineContext } from '../run/engine-context.ts';
import { findRun } from '../run/run-lock.ts';
import type { ActivePhase } from '../run/run-manager.ts';
import { type StoredPlan, storedPlan } from '../run/stored-plan.ts';
import { neededBytes, targetsOf } from './backup.ts';
import { pointsFolder } from './points-folder.ts';
import { protectedObjects } from './protected-objects.ts';

type Item = BackupView['items'][number];

/** The backup as the screen shows it: the newest point, its items, the one in hand, and what needs none. */
export async function backupView(
  context: EngineContext,
  runId: string,
  active: ActivePhase | null,
): Promise<BackupView> {
  const { environment, journal } = context;
  findRun(context, runId);
  const plan = storedPlan(context, runId);
  const point = journal.points.newest(runId);
  const location = point?.location ?? (await pointsFolder(context));
  const saved: Item[] = (point ? journal.points.items(point.id) : []).map(({ seq, connection, item, tookMs }) => ({
    seq,
    subject: connection,
    object: item.object,
    how: howWords(item),
    bytes: item.bytes,
    doneBytes: item.bytes,
    sha256: item.sha256,
    tookMs,
    state: item.how === 'absent' ? 'skipped' : 'completed',
    doing: null,
  }));
  const items = [...saved, ...inHand(active)];
  return {
    runId,
    pointId: point?.id ?? null,
    location,
    state: point?.state ?? 'none',
    verifiedBy: point?.verified_by ?? null,
    verifiedAt: point && point.state !== 'writing' ? point.at : null,
    items: [...items, ...onlyRead(plan)].map((item, index) => ({ ...item, seq: index + 1 })),
    neededBytes: await needed(context, runId, plan, saved),
    freeBytes: await environment.fs.freeBytes(location),
    notCovered: plan.steps
      .filter((step) => step.undo === 'none')
      .map((step) =>
        makeFinding({
          severity: 'critical',
          category: 'not_undone',
          message: `Step ${step.id} cannot be undone; its effect is not covered by this point.`,
          step: step.id,
        }),
      ),
    grade: point?.grade ?? 'none',
  };
}

function inHand(active: ActivePhase | null): Item[] {
  if (active?.phase !== 'backup') return [];
  return [...active.progress.steps.values()]
    .filter((step) => step.state === 'running' || step.state === 'pending')
    .map((step) =>
      blank({ subject: step.id, bytes: step.total, doneBytes: step.done, state: step.state, doing: step.note }),
    );
}

/** Connections that the plan reads only: there is nothing to bring back. */
function onlyRead(plan: StoredPlan): Item[] {
  return Object.keys(plan.fingerprints)
    .filter((name) => !plan.targets.includes(name))
    .map((subject) =>
      blank({
        subject,
        how: 'not changed; its fingerprint is compared before and after',
        state: 'skipped',
      }),
    );
}

function blank(given: Partial<Item> & Pick<Item, 'subject' | 'state'>): Item {
  return { seq: 0, object: '', how: '', bytes: null, doneBytes: 0, sha256: null, tookMs: null, doing: null, ...given };
}

/** Of the targets as they are now; of the saved items when the bundle cannot be read any more. */
async function needed(
  context: EngineContext,
  runId: string,
  plan: StoredPlan,
  saved: readonly Item[],
): Promise<number> {
  try {
    const run = findRun(context, runId);
    const bundle = await bundleOfRun(context, run);
    const objects = await protectedObjects({ context, run, plan, bundle, signal: new AbortController().signal });
    return await neededBytes(context, await targetsOf(context, bundle, plan.targets), objects);
  } catch (error) {
    if (!(error instanceof OverlandError)) throw error;
    return saved.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  }
}

function howWords(item: ProtectedItem): string {
  switch (item.how) {
    case 'absent':
      return 'it does not exist yet; a rollback removes it';
    case 'byte_copy':
      return 'byte copy, held exclusively; the same bytes come back';
    case 'online_backup':
      return 'online backup while others have it open; the same content comes back';
    case 'dump':
      return 'dump in one snapshot; the same content comes back';
  }
}
