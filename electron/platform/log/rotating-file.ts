import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type RotatingFileOptions = {
  readonly folder: string;
  /** `engine` gives engine.log, engine.1.log ... */
  readonly name: string;
  readonly maxBytes: number;
  /** Files kept, the current one included. */
  readonly keep: number;
};

/** A log file of limited size, 0600, written synchronously: the line that explains a crash must be on the disk. */
export function openRotatingFile(options: RotatingFileOptions): { write(line: string): void; close(): void } {
  const path = (n: number): string =>
    join(options.folder, n === 0 ? `${options.name}.log` : `${options.name}.${n}.log`);
  let descriptor = openSync(path(0), 'a', 0o600);
  let bytes = fstatSync(descriptor).size;

  function rotate(): void {
    closeSync(descriptor);
    rmSync(path(options.keep - 1), { force: true });
    for (let n = options.keep - 2; n >= 0; n -= 1) if (existsSync(path(n))) renameSync(path(n), path(n + 1));
    descriptor = openSync(path(0), 'a', 0o600);
    bytes = 0;
  }

  return {
    write(line) {
      const length = Buffer.byteLength(line);
      if (bytes > 0 && bytes + length > options.maxBytes) rotate();
      // A full disk must not end a run for the sake of its log.
      try {
        writeSync(descriptor, line);
        bytes += length;
      } catch {
        return;
      }
    },
    close: () => closeSync(descriptor),
  };
}
