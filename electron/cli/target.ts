import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunRow } from '#shared/contract/history.ts';
import type { CommandContext } from './context.ts';
import { UsageError } from './output.ts';

export type Target =
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'bundle'; readonly path: string };

/** A folder with a profile (or the profile itself) is a bundle; all else names a run. */
export async function resolveTarget(context: CommandContext, text: string): Promise<Target> {
  const bundle = bundleAt(text);
  return bundle === null ? { kind: 'run', runId: await resolveRun(context, text) } : { kind: 'bundle', path: bundle };
}

/** Absolute path of the bundle's folder; null when there is none at this path. */
function bundleAt(text: string): string | null {
  const path = resolve(text);
  if (!existsSync(path)) return null;
  if (basename(path) === 'profile.toml') return dirname(path);
  return statSync(path).isDirectory() && existsSync(join(path, 'profile.toml')) ? path : null;
}

/** The folder of a bundle, whether its profile can be read or not. */
export function requireBundle(text: string): string {
  const path = bundleAt(text);
  if (path !== null) return path;
  const folder = resolve(text);
  throw new UsageError(
    existsSync(folder) ? `${folder} holds no profile.toml.` : `There is nothing at ${folder}.`,
    'A bundle is a folder with a profile.toml. `overland init task-orchestrator DIR` writes one to try.',
  );
}

/** `last`, an id, or the beginning or the last part (`z31t`) of exactly one id. */
export async function resolveRun(context: CommandContext, text: string): Promise<string> {
  const { services } = context;
  const limit = 200;
  const matching: RunRow[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await services.history.list({ search: '', outcome: 'all', offset, limit }, {});
    if (text === 'last') {
      // A replay belongs to the run whose records it wrote.
      const newest = page.runs.find((run) => run.parentRun === null);
      if (!newest) throw new UsageError('There is no run yet.', 'overland plan BUNDLE makes the first.');
      return newest.runId;
    }
    const exact = page.runs.find((run) => run.runId === text);
    if (exact) return exact.runId;
    matching.push(...page.runs.filter(({ runId }) => runId.startsWith(text) || runId.endsWith(`-${text}`)));
    if (page.runs.length < limit) break;
  }
  if (matching.length === 1) return matching[0]!.runId;
  if (matching.length === 0) {
    // A path was meant: it is there, and is no bundle.
    if (existsSync(resolve(text))) requireBundle(text);
    throw new UsageError(
      `There is no run and no bundle called ${text}.`,
      'overland status lists the runs; a bundle is a folder with a profile.toml.',
    );
  }
  throw new UsageError(
    `${text} names ${matching.length} runs: ${matching.map((run) => run.runId).join(', ')}.`,
    'Give the whole id, or its last part.',
  );
}
