import { once } from 'node:events';
import copy from 'pg-copy-streams';
import { Interruption } from '../shared/interruption.ts';
import { dbFailure } from './errors.ts';
import type { Link } from './link.ts';

/** Sends bytes of COPY's text format as they are. */
export async function copyRaw(link: Link, into: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const sql = `COPY ${into} FROM STDIN`;
  const stream = link.client.query(copy.from(sql));
  const refusal = new Interruption();
  stream.on('error', (error) => refusal.raise(link.failed(error, { statement: sql })));
  try {
    for await (const chunk of chunks) {
      // The library breaks when it is written to after an error.
      refusal.throwIfRaised();
      if (!stream.write(chunk)) await refusal.until(once(stream, 'drain'));
    }
    stream.end();
    await refusal.until(once(stream, 'finish'));
  } catch (error) {
    if (!stream.destroyed && !stream.writableFinished) stream.destroy(new Error('Overland gave the copy up'));
    throw dbFailure(error);
  }
}
