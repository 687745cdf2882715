import { type AnyRouter, implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CallContext, Services } from '#shared/contract/services.ts';
import type { Log } from '../platform/log.ts';
import { answerFor } from './errors.ts';

type Method = (input: unknown, context: CallContext) => Promise<unknown>;
type Handler = (call: { readonly input: unknown; readonly signal?: AbortSignal }) => Promise<unknown>;
type Implementer = Readonly<Record<string, Readonly<Record<string, { handler(handle: Handler): unknown }>>>>;

/**
 * Every procedure of the contract, answered by the method of the same name. Input and output are checked against the
 * contract; errors are answered as `answerFor` says. Walks the contract, so that a new procedure needs no line here.
 */
export function createRouter(services: Services, log: Log): AnyRouter {
  const implementer = implement(contract) as unknown as Implementer;
  const methods = services as unknown as Readonly<Record<string, Readonly<Record<string, Method>>>>;
  const router: Record<string, Record<string, unknown>> = {};
  for (const [group, procedures] of Object.entries(contract)) {
    router[group] = {};
    for (const name of Object.keys(procedures)) {
      const procedure = `${group}.${name}`;
      router[group][name] = implementer[group]![name]!.handler(async ({ input, signal }) => {
        try {
          const method = methods[group]?.[name];
          if (!method) throw new Error(`No service answers ${procedure}.`);
          const result = await method(input, signal ? { signal } : {});
          return isIterator(result) ? withAnswers(result, procedure, log, signal) : result;
        } catch (error) {
          if (signal?.aborted) throw error;
          throw answerFor(error, procedure, log);
        }
      });
    }
  }
  return router as AnyRouter;
}

function isIterator(value: unknown): value is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Forwards `return` at once (a generator would wait for the step under way) and answers errors like those of a call. */
function withAnswers(
  source: AsyncIterable<unknown>,
  procedure: string,
  log: Log,
  signal?: AbortSignal,
): AsyncIterableIterator<unknown> {
  const iterator = source[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        return await iterator.next();
      } catch (error) {
        if (signal?.aborted) return { done: true, value: undefined };
        throw answerFor(error, procedure, log);
      }
    },
    async return(value?: unknown) {
      await iterator.return?.(value);
      return { done: true, value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
