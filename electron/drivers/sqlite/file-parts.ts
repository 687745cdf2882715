import type { Environment } from '../../platform/environment.ts';

/** Main file, `-wal` and `-journal`: what a database consists of at rest. `-shm` is only an index of `-wal`. */
export const partSuffixes = ['', '-wal', '-journal'] as const;

export type Part = {
  readonly suffix: (typeof partSuffixes)[number];
  readonly bytes: number;
  readonly modifiedMs: number;
};

/** The parts that are there, in the order of `partSuffixes`. */
export async function partsOf(path: string, env: Environment): Promise<Part[]> {
  const parts: Part[] = [];
  for (const suffix of partSuffixes) {
    const stat = await env.fs.stat(path + suffix);
    if (stat) parts.push({ suffix, bytes: stat.bytes, modifiedMs: stat.modifiedMs });
  }
  return parts;
}
