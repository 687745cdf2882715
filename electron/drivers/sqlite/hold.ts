import type { Environment } from '../../platform/environment.ts';

/** How long the hold waits for a writer that is just committing. */
const waitMs = 1500;

/**
 * Holds a database file exclusively in a helper process, so that nobody writes while its bytes are copied. Letting go kills
 * that process: it must not checkpoint. Null, with the reason, when somebody else uses the file.
 */
export async function holdExclusively(
  file: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<{ release(): Promise<void> } | { readonly refused: string }> {
  const letGo = new AbortController();
  const walBefore = await env.fs.exists(`${file}-wal`);
  const both = signal ? AbortSignal.any([signal, letGo.signal]) : letGo.signal;
  let isHeld: () => void = () => undefined;
  const held = new Promise<'held'>((resolve) => {
    isHeld = () => resolve('held');
  });
  const ended = env.helpers.run('sqlite.hold', { file, waitMs }, { signal: both, onProgress: () => isHeld() });
  const outcome = await Promise.race([held, ended]);
  if (outcome !== 'held') return { refused: outcome.reason };
  ended.catch(() => undefined);
  return {
    async release() {
      letGo.abort(new DOMException('Let go', 'AbortError'));
      await ended.catch(() => undefined);
      // SQLite makes an empty -wal as soon as a file in WAL mode is held.
      const wal = await env.fs.stat(`${file}-wal`);
      if (!walBefore && wal?.bytes === 0) await env.fs.remove(`${file}-wal`);
    },
  };
}
