import { Session } from 'node:inspector/promises';

/** Where the engine's thread was, as shares of the time between start and stop. They add up to 1. */
export type Shares = Readonly<Record<Stage, number>>;

export const stages = ['read', 'map', 'lookup', 'write', 'commit', 'digest', 'journal', 'idle', 'other'] as const;
export type Stage = (typeof stages)[number];

type Frame = { readonly functionName: string; readonly url: string };
type Node = { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] | undefined };

/** The innermost frame that matches decides. More precise patterns first. */
const places: readonly (readonly [Stage, RegExp, RegExp?])[] = [
  ['digest', /engine\/values\/digest|steps\/(chunk-digest|records\/tally)/],
  ['commit', /drivers\/sqlite\/(write|database)/, /^(commit|patiently)/],
  ['lookup', /drivers\/sqlite\/lookup|engine\/values\/compile-lookup/],
  ['journal', /engine\/run\//],
  ['write', /drivers\/sqlite\/(row-writer|write|control|keep)/],
  ['read', /drivers\/sqlite\/(read|bounds|spool|session|ordered|types)/],
  ['map', /engine\/(values|steps\/records)\/|cel-js/],
];

/** Samples the thread from now on; the function returned stops it. About 2 % slower while it runs. */
export async function sampleShares(): Promise<() => Promise<Shares>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return sharesOf(profile.nodes, profile.samples ?? [], profile.timeDeltas ?? []);
  };
}

function sharesOf(nodes: readonly Node[], samples: readonly number[], deltas: readonly number[]): Shares {
  const stageOf = stagesByNode(nodes);
  const spent = new Map<Stage, number>();
  let total = 0;
  samples.forEach((node, index) => {
    const delta = Math.max(0, deltas[index] ?? 0);
    const stage = stageOf.get(node) ?? 'other';
    spent.set(stage, (spent.get(stage) ?? 0) + delta);
    total += delta;
  });
  return Object.fromEntries(stages.map((stage) => [stage, total ? (spent.get(stage) ?? 0) / total : 0])) as Shares;
}

function stagesByNode(nodes: readonly Node[]): ReadonlyMap<number, Stage> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, Stage>();
  const walk: { id: number; above: Stage }[] = nodes[0] ? [{ id: nodes[0].id, above: 'other' }] : [];
  for (let at = walk.pop(); at; at = walk.pop()) {
    const node = byId.get(at.id);
    if (!node) continue;
    const stage = stageOfFrame(node.callFrame) ?? at.above;
    found.set(node.id, stage);
    for (const child of node.children ?? []) walk.push({ id: child, above: stage });
  }
  return found;
}

function stageOfFrame({ functionName, url }: Frame): Stage | null {
  if (functionName === '(idle)') return 'idle';
  for (const [stage, file, name] of places) if (file.test(url) && (!name || name.test(functionName))) return stage;
  return null;
}
