import { dirname } from 'node:path';
import type { PlanView } from '#shared/contract/plan.ts';
import type { ConsentNeed } from '#shared/model/error.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Severity } from '#shared/model/run.ts';
import type { Fingerprint } from '../../drivers/relational.ts';
import { resolveEndpoint } from '../profile/endpoint.ts';
import type { RunBundle } from '../run/bundle-of-run.ts';
import { type EngineContext, nowText } from '../run/engine-context.ts';
import type { RunRecord } from '../run/journal/rows.ts';
import type { PlannedStep } from './analyse.ts';
import { sumEstimates } from './estimate.ts';

type Parts = {
  readonly bundle: RunBundle;
  readonly steps: readonly PlannedStep[];
  readonly findings: readonly Finding[];
  readonly fates: PlanView['fates'];
  readonly consents: readonly ConsentNeed[];
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  readonly hash: string;
};

/** The plan as screens, reports and the command line show it. */
export async function assemblePlanView(context: EngineContext, run: RunRecord, parts: Parts): Promise<PlanView> {
  const { bundle, steps, findings, fates, consents, fingerprints, hash } = parts;
  return {
    runId: run.id,
    hash,
    createdAt: nowText(context),
    acceptedAt: null,
    acceptedBy: null,
    steps: steps.map(({ step, planned }) => {
      const own = findings.filter((finding) => finding.step === step.id);
      return {
        ord: step.ord,
        id: step.id,
        kind: step.kind.kind,
        touchesText: planned.touchesText,
        touches: [...planned.touches],
        amount: planned.amount,
        unit: planned.unit,
        bytes: planned.bytes,
        estimate: planned.estimate,
        rowsPerSecond: planned.rowsPerSecond,
        undo: planned.undo,
        undoText: planned.undoText,
        needs: [...step.needs],
        commit: planned.commit,
        commitText: planned.commitText,
        readBy: planned.readBy,
        findings: own.length,
        worst: worstOf(own),
      };
    }),
    estimate: sumEstimates(steps.map(({ planned }) => planned.estimate)),
    space: await spaceOf(context, parts),
    windowSeconds: bundle.profile.policy.limits.windowSeconds,
    findings: [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
    types: steps.flatMap(({ step, planned }) => planned.types.map((type) => ({ step: step.id, ...type }))),
    fates: [...fates],
    ...keysOf(steps),
    consents: [...consents],
    wayBack: wayBackOf(steps),
    fingerprints: Object.entries(fingerprints).map(([what, print]) => ({
      what,
      value: print.value.slice(0, 16),
      strength: strengthWords[print.strength],
    })),
  };
}

function keysOf(steps: readonly PlannedStep[]): Pick<PlanView, 'keys'> {
  const keys = steps.flatMap(({ step, planned }) => (planned.keys ?? []).map((key) => ({ step: step.id, ...key })));
  return keys.length > 0 ? { keys } : {};
}

const order: readonly Severity[] = ['critical', 'error', 'warning', 'info'];
const strengthWords = {
  exact: 'content, exact',
  markers: 'structure exact, data by counters',
  file: 'sha256 of the file',
} as const;

function worstOf(findings: readonly Finding[]): Severity | null {
  return order.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

/** Bytes needed where they will be written, against what is free there. */
async function spaceOf(context: EngineContext, { bundle, steps }: Parts): Promise<PlanView['space']> {
  const { environment } = context;
  const needs = new Map<string, { where: string; bytes: number; purpose: string }>();
  for (const need of steps.flatMap(({ planned }) => planned.space)) {
    const where =
      need.connection === null ? environment.paths.scratch : await folderOf(context, bundle, need.connection);
    const key = `${where}\u0000${need.purpose}`;
    needs.set(key, { where, purpose: need.purpose, bytes: (needs.get(key)?.bytes ?? 0) + need.bytes });
  }
  return Promise.all(
    [...needs.values()].map(async ({ where, bytes, purpose }) => ({
      where,
      neededBytes: bytes,
      freeBytes: await environment.fs.freeBytes(where),
      purpose,
    })),
  );
}

async function folderOf(context: EngineContext, bundle: RunBundle, name: string): Promise<string> {
  const connection = bundle.profile.connections.get(name);
  if (!connection) return name;
  const endpoint = await resolveEndpoint(connection, bundle.files.folder, context.environment.secrets);
  if (!('path' in endpoint)) return endpoint.name;
  return endpoint.engine === 'folder' ? endpoint.path : dirname(endpoint.path);
}

function wayBackOf(steps: readonly PlannedStep[]): PlanView['wayBack'] {
  const lost = steps.filter(({ planned }) => planned.undo === 'none');
  if (lost.length === steps.length) return { grade: 'none', text: 'No step can be undone.' };
  if (lost.length > 0)
    return {
      grade: 'partly',
      text: `${lost.map(({ step }) => step.id).join(', ')} cannot be undone; every other step can.`,
    };
  return {
    grade: 'same_content',
    text: 'The backup says whether the same bytes come back, or the same content.',
  };
}
