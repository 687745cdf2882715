import { within } from './within.ts';

/** A connection to the inspector of another Node process: enough to evaluate expressions in it. */
export type NodeInspector = {
  /** The value of an expression, which must be JSON. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
};

type Answer = {
  readonly id?: number;
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
  readonly error?: { readonly message: string };
};

/** `address` is the `ws://` line that Node prints when it is started with `--inspect`. */
export async function connectInspector(address: string): Promise<NodeInspector> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`No inspector answers at ${address}`)), { once: true });
  });
  await within(10, 'The inspector of the main process', opened);
  socket.addEventListener('close', () => {
    for (const call of waiting.values()) call.reject(new Error('The inspected process ended.'));
    waiting.clear();
  });
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    const call = answer.id === undefined ? undefined : waiting.get(answer.id);
    if (!call) return;
    waiting.delete(answer.id as number);
    const failure = answer.error?.message ?? answer.result?.exceptionDetails?.text;
    if (failure) call.reject(new Error(failure));
    else call.resolve(answer.result?.result?.value);
  });
  return {
    evaluate(expression) {
      calls += 1;
      const id = calls;
      const answered = new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }));
      });
      return within(20, `An answer of the main process to ${expression}`, answered);
    },
    close: () => socket.close(),
  };
}
