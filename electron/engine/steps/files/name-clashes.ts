/**
 * Paths that are one file on a system that does not tell upper from lower case, or composed from decomposed letters.
 * Folders count too: `A/x` and `a/y` would share a folder there, which is no clash; `A` as a file and `a/y` is one.
 */
export function nameClashes(paths: readonly string[]): readonly (readonly string[])[] {
  const files = new Map<string, string[]>();
  for (const path of paths) {
    const key = foldedName(path);
    files.set(key, [...(files.get(key) ?? []), path]);
  }
  const clashes = [...files.values()].filter((names) => names.length > 1);
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const file = files.get(foldedName(path.slice(0, at)))?.[0];
      if (file !== undefined) clashes.push([file, path]);
    }
  }
  return clashes;
}

function foldedName(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
