import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Identity } from './environment.ts';

/** Who and what this process is. */
export function nodeIdentity(): Identity {
  return {
    person: person(),
    machine: hostname(),
    pid: process.pid,
    startedAt: processStart(process.pid) ?? ownStart(),
  };
}

/**
 * Whether the process that is named by machine, pid and start is alive. Certain on the same machine; on another one
 * nobody here can know. `startedAt` empty: the pid alone must do.
 */
export function isAlive(
  holder: { readonly machine: string; readonly pid: number; readonly startedAt: string },
  here: Identity,
): 'yes' | 'no' | 'unknown' {
  if (holder.machine !== here.machine) return 'unknown';
  if (holder.pid === here.pid) return holder.startedAt === '' || holder.startedAt === here.startedAt ? 'yes' : 'no';
  if (!exists(holder.pid)) return 'no';
  const started = processStart(holder.pid);
  if (started === null || !holder.startedAt.startsWith('boot')) return 'yes';
  return holder.startedAt === started ? 'yes' : 'no';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Boot id and clock ticks since boot, from /proc; null where there is none or the process is gone. Wall clocks move,
 * these do not. A zombie is gone for our purpose: it holds no file.
 */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'boot gone';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `boot ${boot} ticks ${fields[19]}`;
  } catch {
    return null;
  }
}

function ownStart(): string {
  return new Date(Date.now() - performance.now()).toISOString();
}

function person(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? process.env.USERNAME ?? 'unknown';
  }
}
