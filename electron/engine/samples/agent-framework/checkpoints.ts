import { seededRandom } from '../seeded-random.ts';
import { isoTime } from '../task-orchestrator/iso-time.ts';

/** A row of the legacy `checkpoints`. `checkpoint` and `metadata` are JSON text, `createdAt` is ISO text without a zone, in UTC. */
export type Checkpoint = {
  readonly threadId: string;
  readonly checkpointId: string;
  readonly parentId: string | null;
  readonly checkpoint: string;
  readonly metadata: string;
  readonly createdAt: string;
};

const topics = [
  'Pythagorean theorem',
  'Fourier series',
  'Newton’s method',
  'Bayes’ rule',
  'Gram–Schmidt process',
  'ε–δ limits',
];
const steps = ['planning', 'scene_outline', 'implementation', 'code_generation', 'rendering', 'complete'] as const;

/** Checkpoints of so many threads, 2 to 6 each, in the order in which they were written. The same seed gives the same rows. */
export function* makeCheckpoints(threads: number, seed: number): Iterable<Checkpoint> {
  const random = seededRandom(seed);
  for (let thread = 0; thread < threads; thread += 1) {
    const threadId = `thread_${String(thread + 1).padStart(8, '0')}`;
    const topic = random.pick(topics);
    const count = random.between(2, steps.length);
    let parentId: string | null = null;
    let minute = 28_900_000 + thread * 3 + random.below(3);
    for (let at = 0; at < count; at += 1) {
      const checkpointId = `${threadId}_${at + 1}`;
      const state = {
        topic,
        description: `Explain ${topic} with ${random.between(2, 6)} scenes`,
        session_id: `session_${random.below(1_000_000)}`,
        scene_implementations: Object.fromEntries(
          Array.from({ length: at }, (_, scene) => [`${scene + 1}`, `scene ${scene + 1}`]),
        ),
        workflow_complete: steps[at] === 'complete',
      };
      yield {
        threadId,
        checkpointId,
        parentId,
        checkpoint: JSON.stringify({ v: 1, step: steps[at], state }),
        metadata: JSON.stringify({
          source: 'loop',
          step: at,
          writes: random.below(5),
          note: random.chance(10) ? 'it’s "quoted" \\ here' : null,
        }),
        createdAt: isoTime(minute, random.below(60), random.below(1_000_000)),
      };
      parentId = checkpointId;
      minute += random.between(1, 20);
    }
  }
}
