import { readFileSync } from 'node:fs';

/** Largest resident size so far in bytes, as the kernel counts it; null where it does not tell. */
export function peakMemory(pid: number | 'self' = 'self'): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] ? Number(line[1]) * 1024 : null;
  } catch {
    return null;
  }
}
