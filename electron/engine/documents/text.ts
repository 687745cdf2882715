import { DocFault, type DocLimits, docLimits } from './document.ts';

/** How a text stood in its file, so that it can be written the same way. */
export type TextForm = {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly bom: boolean;
  readonly newline: '\n' | '\r\n';
};

/** The text of a file's bytes. Throws a DocFault for what is no text: another encoding, NUL, too much of it. */
export function decodeDocument(bytes: Uint8Array, limits: DocLimits = docLimits): TextForm {
  if (bytes.length > limits.bytes) {
    const message = `The file has ${bytes.length.toLocaleString('en')} bytes; files of at most ${limits.bytes.toLocaleString('en')} are read`;
    throw new DocFault('too_large', message, null, 'A configuration file of this size is most likely something else.');
  }
  const { encoding, skip } = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(skip));
  } catch {
    throw invalidText(bytes.subarray(skip), encoding);
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const advice = encoding === 'utf-8' ? 'The file is binary, or UTF-16 without a byte order mark.' : null;
    throw new DocFault('not_text', 'The file holds a NUL character', placeOf(text, nul), advice);
  }
  return { text, encoding, bom: skip > 0, newline: newlineOf(text) };
}

/** Bytes of a text in the form that another one had. */
export function encodeDocument(text: string, form: Omit<TextForm, 'text'>): Uint8Array {
  const whole = (form.bom ? '\uFEFF' : '') + text;
  if (form.encoding === 'utf-8') return new TextEncoder().encode(whole);
  const bytes = new Uint8Array(whole.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < whole.length; at += 1)
    view.setUint16(at * 2, whole.charCodeAt(at), form.encoding === 'utf-16le');
  return bytes;
}

/** Line ends of what was written anew, as the source had them. */
export function withNewlines(text: string, newline: TextForm['newline']): string {
  return newline === '\n' ? text : text.replace(/\r?\n/g, newline);
}

function encodingOf(bytes: Uint8Array): { encoding: TextForm['encoding']; skip: number } {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', skip: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', skip: 2 };
  return { encoding: 'utf-8', skip: 0 };
}

function newlineOf(text: string): TextForm['newline'] {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

function invalidText(bytes: Uint8Array, encoding: string): DocFault {
  const good = new TextDecoder(encoding).decode(bytes);
  const at = good.indexOf('\uFFFD');
  return new DocFault(
    'not_text',
    `The file is not ${encoding.toUpperCase()}: a character cannot be read`,
    at < 0 ? null : placeOf(good, at),
    'Save the file as UTF-8; Latin-1 and Windows-1252 are not guessed.',
  );
}

function placeOf(text: string, at: number) {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n') };
}
