/** First bytes of the files that are taken for a database by mistake. */
const otherFormats: readonly [string, string][] = [
  ['50 4b 03 04', 'a zip archive'],
  ['1f 8b', 'a gzip archive'],
  ['28 b5 2f fd', 'a zstd archive'],
  ['42 5a 68', 'a bzip2 archive'],
  ['fd 37 7a 58', 'an xz archive'],
  ['50 47 44 4d 50', 'a PostgreSQL dump'],
  ['2a 2a 20 54 68 69 73 20 66 69 6c 65 20 63 6f 6e 74 61 69 6e 73', 'a database of SQLite 2'],
  ['00 01 00 00 53 74 61 6e 64 61 72 64', 'an Access database'],
  ['25 50 44 46', 'a PDF'],
  ['37 7f 06 82', 'the -wal file of a SQLite database'],
  ['37 7f 06 83', 'the -wal file of a SQLite database'],
  ['d9 d5 05 f9', 'the -journal file of a SQLite database'],
];

/** What a file is whose head (its first KiB) is not that of SQLite. */
export function foreign(head: Buffer): { readonly kind: 'foreign' | 'encrypted'; readonly seems: string | null } {
  const known = otherFormats.find(([bytes]) =>
    head.subarray(0, 32).toString('hex').startsWith(bytes.replaceAll(' ', '')),
  );
  if (known) return { kind: 'foreign', seems: known[1] };
  const text = head.toString('latin1').replaceAll('\0', '');
  if (/^[\s\x20-\x7e\u0080-\u00ff]{40,}$/.test(text) && /^[\s\x20-\x7e]{20}/.test(text)) {
    const sql = /^\s*(--|BEGIN|PRAGMA|CREATE|INSERT)/i.test(text);
    return { kind: 'foreign', seems: sql ? 'a script of SQL text' : 'text' };
  }
  return entropy(head) > 7.2 && head.length >= 1024
    ? { kind: 'encrypted', seems: null }
    : { kind: 'foreign', seems: null };
}

/** Bits per byte; ciphertext is near 8, a few KiB of it above 7.8. */
function entropy(bytes: Buffer): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / bytes.length) * Math.log2(count / bytes.length)),
    0,
  );
}
