import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const posix = process.platform !== 'win32';
const started = new Set<number>();

/** Starts a process at the head of a group of its own, so that it can be ended with all that it started. */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: posix });
  if (child.pid !== undefined) started.add(child.pid);
  return child;
}

/** Ends the whole group: xvfb-run passes no signal on to what it started, and may be gone before it. */
export async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < 5_000 && signalGroup(pid, 0); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  signalGroup(pid, 'SIGKILL');
  started.delete(pid);
}

/** What is still there when the bench ends, however it ends; at once, since an ending process cannot wait. */
export function killStarted(): void {
  for (const pid of started) signalGroup(pid, 'SIGKILL');
  started.clear();
}

/** False when nobody is left to get the signal. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(posix ? -pid : pid, signal);
  } catch {
    return false;
  }
}
