import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const patienceMs = 60_000;

/** What a started program has printed, and its end. */
export type Program = {
  readonly child: ChildProcess;
  /** Resolves with the first output that fits; rejects with all output when the program ends before, or after 60 s. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGTERM, then SIGKILL after 10 s. Idempotent. */
  end(): Promise<void>;
};

/** Starts a program whose output is kept. */
export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const watcher of watchers) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      text += data.toString('utf8');
      tell();
    });
  }
  child.once('close', tell);
  return {
    child,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (late = false) => {
          const match = pattern.exec(text);
          const ended = child.exitCode !== null || child.signalCode !== null;
          if (!match && !ended && !late) return;
          watchers.delete(look);
          clearTimeout(timer);
          if (match) resolve(match);
          else {
            const how = ended ? `ended with ${child.exitCode ?? child.signalCode}` : `did not print ${pattern}`;
            reject(new Error(`${command} ${how}. It printed:\n${text}`));
          }
        };
        const timer = setTimeout(() => look(true), patienceMs);
        watchers.add(look);
        look();
      }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(force);
    },
  };
}
