/** Text of a file, or why it is none. A byte order mark of UTF-8 is left out. */
export function decodeText(
  bytes: Uint8Array,
): { readonly text: string } | { readonly fault: string; readonly advice: string } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { fault: 'The file is UTF-16', advice: 'Save it as UTF-8.' };
  }
  if (bytes.includes(0))
    return { fault: 'The file is binary, not text', advice: 'Open the folder of a bundle, with its profile.toml.' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return {
      fault: `The file is not UTF-8, line ${firstBadLine(bytes)} is the first that cannot be read`,
      advice: 'Save it as UTF-8.',
    };
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const decoded = new TextDecoder().decode(bytes);
  return decoded.slice(0, decoded.indexOf('\uFFFD')).split('\n').length;
}
