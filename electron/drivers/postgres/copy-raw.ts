import { once } from 'node:events';
import copy from 'pg-copy-streams';
import { dbFailure } from './errors.ts';
import type { Link } from './link.ts';

/** Sends bytes of COPY's text format as they are. */
export async function copyRaw(link: Link, into: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const sql = `COPY ${into} FROM STDIN`;
  const stream = link.client.query(copy.from(sql));
  let refusal: Error | null = null;
  const failed = new Promise<never>((_resolve, reject) => {
    stream.on('error', (error) => {
      refusal = link.failed(error, { statement: sql });
      reject(refusal);
    });
  });
  failed.catch(() => undefined);
  try {
    for await (const chunk of chunks) {
      // The library breaks when it is written to after an error.
      if (refusal) throw refusal;
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed]);
    }
    stream.end();
    await Promise.race([once(stream, 'finish'), failed]);
  } catch (error) {
    if (!stream.destroyed && !stream.writableFinished) stream.destroy(new Error('Overland gave the copy up'));
    throw dbFailure(error);
  }
}
