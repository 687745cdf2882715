import type { FromHelper, HelperTaskHandlers, ToHelper } from './protocol.ts';

/** One end of a channel: a MessagePort of Electron, or a process that was forked. */
export interface HelperPort {
  postMessage(message: unknown): void;
  /** The listener gets the message, or an event that holds it as `data`. */
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Serves tasks over the port, one after another. The other side ends the process. */
export function serveHelper(port: HelperPort, handlers: HelperTaskHandlers): void {
  const send = (message: FromHelper): void => port.postMessage(message);
  port.on('message', (given) => {
    const message = unwrap(given) as ToHelper;
    if (message?.type === 'run') void run(message);
  });

  async function run(message: ToHelper): Promise<void> {
    try {
      const handler = handlers[message.task] as (input: unknown, report: (progress: never) => void) => unknown;
      const output = await handler(message.input, (progress) => send({ type: 'progress', progress }));
      send({ type: 'done', output });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const detail = 'error' in error ? error.error : { code: (error as NodeJS.ErrnoException).code ?? null };
      send({
        type: 'failed',
        failure: { name: error.name, message: error.message, stack: error.stack ?? null, detail },
      });
    }
  }
  send({ type: 'ready' });
}

function unwrap(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'data' in given ? given.data : given;
}
