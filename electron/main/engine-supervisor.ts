import { MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron';
import type { EngineArguments, FromEngine, ToEngine } from './engine-process/messages.ts';

const restarts = 3;
/** An engine that lived this long was not brought down by its start. */
const steadyMs = 60_000;
/** Rows live for milliseconds: a small nursery holds them and keeps the process small. As `scripts/lib/engine-flags.mjs` for Node. */
const engineFlags = ['--js-flags=--max-semi-space-size=8'];

export type EngineEvents = {
  ask(message: Extract<FromEngine, { kind: 'ask' }>): Promise<unknown>;
  activity(runs: number, continueWhenClosed: boolean): void;
  unable(message: string, advice: string | null): void;
  /** It ended by itself. `again`: it has been started anew; false when that was tried often enough. */
  lost(exitCode: number, again: boolean): void;
  log(message: string, data: Readonly<Record<string, unknown>>): void;
};

/**
 * Holds the engine process: starts it, starts it again when it dies (a run is never resumed by that: the wizard shows it as
 * interrupted), and hands each window a port to it. Windows talk to the engine directly; nothing of theirs passes through main.
 */
export class EngineSupervisor {
  readonly #entry: string;
  readonly #arguments: EngineArguments;
  readonly #events: EngineEvents;
  readonly #windows = new Set<WebContents>();
  #process: UtilityProcess | null = null;
  #startedAt = 0;
  #failures = 0;
  #ending = false;

  constructor(entry: string, given: EngineArguments, events: EngineEvents) {
    this.#entry = entry;
    this.#arguments = given;
    this.#events = events;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  start(): void {
    const child = utilityProcess.fork(this.#entry, [JSON.stringify(this.#arguments)], {
      serviceName: 'Overland engine',
      execArgv: engineFlags,
      stdio: 'inherit',
    });
    this.#process = child;
    this.#startedAt = performance.now();
    child.on('message', (message: FromEngine) => this.#receive(child, message));
    child.on('exit', (code) => this.#exited(child, code));
    for (const window of this.#windows) this.#handOver(window);
  }

  /** Gives the page a port to the engine, now and whenever the engine is new. The page has loaded. */
  connect(window: WebContents): void {
    if (!this.#windows.has(window)) {
      this.#windows.add(window);
      window.once('destroyed', () => this.#windows.delete(window));
    }
    this.#handOver(window);
  }

  /** The operator wants another try: after it was given up, or because it could not start. */
  tryAgain(): void {
    this.#failures = 0;
    const stuck = this.#process;
    this.#process = null;
    if (stuck?.pid !== undefined) kill(stuck.pid);
    this.start();
  }

  send(message: ToEngine, ports: Electron.MessagePortMain[] = []): void {
    this.#process?.postMessage(message, ports);
  }

  /** Lets what runs finish its chunk and pause, then ends the process; after `deadlineMs` it is killed. Idempotent. */
  async end(deadlineMs: number): Promise<void> {
    this.#ending = true;
    const child = this.#process;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.send({ kind: 'end' });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([gone, late]);
    clearTimeout(timer);
    if (child.pid !== undefined) kill(child.pid);
    await gone;
  }

  #handOver(window: WebContents): void {
    if (!this.#process || window.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    this.send({ kind: 'connect' }, [port1]);
    window.postMessage('engine-port', null, [port2]);
  }

  #receive(child: UtilityProcess, message: FromEngine): void {
    switch (message.kind) {
      case 'ask':
        this.#events.ask(message).then(
          (value) => this.#reply(child, { kind: 'answer', id: message.id, value }),
          (error: unknown) =>
            this.#reply(child, {
              kind: 'refusal',
              id: message.id,
              message: error instanceof Error ? error.message : String(error),
            }),
        );
        return;
      case 'activity':
        this.#events.activity(message.runs, message.continueWhenClosed);
        return;
      case 'unable':
        this.#events.unable(message.message, message.advice);
    }
  }

  #reply(child: UtilityProcess, message: ToEngine): void {
    if (child === this.#process) child.postMessage(message);
  }

  #exited(child: UtilityProcess, code: number): void {
    if (child !== this.#process) return;
    this.#process = null;
    this.#events.activity(0, false);
    if (this.#ending) return;
    const lived = performance.now() - this.#startedAt;
    this.#failures = lived > steadyMs ? 1 : this.#failures + 1;
    const again = this.#failures <= restarts;
    this.#events.log('the engine process ended', { code, lived: Math.round(lived), again });
    if (again) this.start();
    this.#events.lost(code, again);
  }
}

/** SIGKILL at once: `UtilityProcess.kill` asks politely, which a process inside a long statement does not hear. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
