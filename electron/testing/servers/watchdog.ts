import { spawn } from 'node:child_process';

/**
 * A process that outlives us by a moment: when this one ends in any way, its pipe closes, and the server whose id stands in
 * `pidFile` is ended and the folder removed (twice: its sessions may write until they notice). `release` ends it without either.
 */
export function watchOver(folder: string, pidFile: string): { release(): void } {
  const script =
    'if read -r word; then exit 0; fi; pid=$(head -n 1 "$2" 2>/dev/null) && kill -9 "$pid"; rm -rf "$1"; sleep 2; rm -rf "$1"';
  const child = spawn('sh', ['-c', script, 'watchdog', folder, pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.on('error', () => undefined);
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  return { release: () => void child.stdin.end('released\n') };
}
