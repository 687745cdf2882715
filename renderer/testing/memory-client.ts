import { ORPCError } from '@orpc/client';
import { contract } from '#shared/contract/index.ts';
import type { Services } from '#shared/contract/services.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Channel } from '../rpc/channel.ts';
import { raceAgainstClose } from '../rpc/channel.ts';

type Procedure = (input: never, context: { readonly signal?: AbortSignal }) => unknown;
/** Answers of an engine that is not there: any part of the services, typed by the contract. */
export type FakeServices = {
  readonly [G in keyof Services]?: { readonly [P in keyof Services[G]]?: Loose<Services[G][P]> } | undefined;
};
type Loose<F> = F extends (input: infer I, context: infer C) => Promise<infer O>
  ? (input: I, context: C) => O | Promise<O>
  : never;

export type Call = { readonly name: string; readonly input: unknown };
export type MemoryChannel = Channel & {
  /** Every call in order, as `plan.accept` with its input. */
  readonly calls: readonly Call[];
};

type Described = { '~orpc': { outputSchema?: { parse?: (value: unknown) => unknown } } };

/**
 * A channel to fixtures in memory. Outputs are checked against the contract, expected errors cross as they would over a wire,
 * and closing it loses the engine.
 */
export function memoryChannel(services: FakeServices): MemoryChannel {
  const calls: Call[] = [];
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const link = raceAgainstClose(
    {
      async call(path, input, options) {
        const [group = '', name = ''] = path;
        calls.push({ name: `${group}.${name}`, input });
        const groups = services as Record<string, Record<string, Procedure> | undefined>;
        const procedure = groups[group]?.[name];
        if (!procedure) throw new ORPCError('NOT_IMPLEMENTED', { message: `No fixture for ${group}.${name}` });
        try {
          const output = await procedure(input as never, options.signal ? { signal: options.signal } : {});
          const schema = (contract as unknown as Record<string, Record<string, Described>>)[group]?.[name]?.['~orpc'];
          if (!isStream(output)) schema?.outputSchema?.parse?.(output);
          return output;
        } catch (error) {
          if (error instanceof OverlandError) {
            throw new ORPCError(error.code, { defined: true, message: error.message, data: error.data });
          }
          throw error;
        }
      },
    },
    closed,
  );
  return { link, closed, close, calls };
}

function isStream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
