import type { ClientContext, ClientLink } from '@orpc/client';
import { EngineLost } from './engine-lost.ts';

/** One transport to one engine process. It is used until it closes; then a new one takes its place. */
export type Channel = {
  readonly link: ClientLink<ClientContext>;
  /** Resolves when the other side is gone. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
};

/** Adds to a link that every call, and every step of a stream, rejects with EngineLost as soon as the channel closes. */
export function raceAgainstClose(link: ClientLink<ClientContext>, closed: Promise<void>): ClientLink<ClientContext> {
  const lost = closed.then(() => {
    throw new EngineLost();
  });
  lost.catch(() => undefined);
  return {
    async call(path, input, options) {
      const output = await Promise.race([link.call(path, input, options), lost]);
      return isStream(output) ? raceStream(output, lost) : output;
    },
  };
}

function isStream(value: unknown): value is AsyncIterableIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

function raceStream(stream: AsyncIterableIterator<unknown>, lost: Promise<never>): AsyncIterableIterator<unknown> {
  const racing: AsyncIterableIterator<unknown> = {
    next: () => Promise.race([stream.next(), lost]),
    return: (value) => (stream.return ? stream.return(value) : Promise.resolve({ done: true, value })),
    [Symbol.asyncIterator]: () => racing,
  };
  return racing;
}
