import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import { kill } from './engine-supervisor.ts';

/** Helper processes that the engine asked for, by the id that it gave them. They end with their task, or killed. */
export class HelperProcesses {
  readonly #entry: string;
  readonly #running = new Map<number, UtilityProcess>();

  constructor(entry: string) {
    this.#entry = entry;
  }

  /** The port to the new process. */
  spawn(id: number): Electron.MessagePortMain {
    const child = utilityProcess.fork(this.#entry, [], { serviceName: 'Overland helper', stdio: 'inherit' });
    const { port1, port2 } = new MessageChannelMain();
    this.#running.set(id, child);
    child.once('exit', () => this.#running.delete(id));
    child.postMessage({ kind: 'port' }, [port1]);
    return port2;
  }

  kill(id: number): void {
    const pid = this.#running.get(id)?.pid;
    if (pid !== undefined) kill(pid);
  }

  /** When the engine that asked for them is gone. */
  killAll(): void {
    for (const id of this.#running.keys()) this.kill(id);
  }
}
