/** Lines of a stream of bytes, ended by a line feed and nothing else: text may hold any other kind of line end. */
export async function* textLines(
  chunks: AsyncIterable<Buffer>,
  encoding: 'utf8' | 'latin1' = 'utf8',
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = all.lastIndexOf(10);
    rest = all.subarray(end + 1);
    if (end < 0) continue;
    const text = all.toString(encoding, 0, end);
    for (let from = 0; ; ) {
      const to = text.indexOf('\n', from);
      yield to < 0 ? text.slice(from) : text.slice(from, to);
      if (to < 0) break;
      from = to + 1;
    }
  }
  if (rest.length > 0) yield rest.toString(encoding);
}
