import { fileURLToPath } from 'node:url';
import { endGroup, spawnGroup } from './children.ts';
import { within } from './within.ts';

/** Far more than a million subtasks take; what takes longer hangs. */
const scriptSeconds = 1_800;

/** The middle one; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('No values to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Processor time of this process so far, in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs a script in a process of its own and returns the JSON on the last line of its output. */
export async function measureScript<T>(
  script: URL,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<T> {
  const file = fileURLToPath(script);
  const child = spawnGroup(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (part: string) => {
    output += part;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const code = await within(scriptSeconds, file, ended).finally(() => endGroup(child));
  const last = output.trimEnd().split('\n').at(-1);
  if (code !== 0 || !last) throw new Error(`${file} ended with exit code ${code}.`);
  return JSON.parse(last) as T;
}
