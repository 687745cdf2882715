/** A defect of a safetensors file that its header and its size prove; the tensors themselves are not read. */
export type SafetensorsDefect = {
  readonly code: 'truncated' | 'too_long' | 'header';
  readonly message: string;
};

/** As the reference reader has it: a longer header is refused before it is read. */
const longestHeader = 100_000_000;
const bitsOf: Readonly<Record<string, number>> = {
  ...{ BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64 },
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6 },
};

/**
 * Holds the header of a safetensors file against the size of the file: eight bytes of length, JSON, then the tensors without
 * a gap. Null when all of it fits. `read` gives the bytes from `at`, fewer at the end of the file.
 */
export async function checkSafetensors(
  size: number,
  read: (at: number, bytes: number) => Promise<Uint8Array>,
): Promise<SafetensorsDefect | null> {
  if (size < 8) return truncated(`The file has ${size} bytes; the length of its header alone takes 8.`);
  const first = await read(0, 8);
  if (first.length < 8) return truncated('The file ended while it was read.');
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > longestHeader) return header(`Its header would have ${length} bytes.`);
  const start = 8 + Number(length);
  if (start > size) return truncated(`The header ends at byte ${start}, the file at ${size}.`);
  const bytes = await read(8, Number(length));
  if (bytes.length < Number(length)) return truncated('The file ended while it was read.');
  const tensors = parseHeader(bytes);
  if (typeof tensors === 'string') return header(tensors);
  let end = 0;
  for (const { name, from, to } of tensors) {
    if (from !== end) return header(`The tensor ${name} begins at byte ${from}, the one before it ends at ${end}.`);
    end = to;
  }
  if (start + end > size)
    return truncated(`By its header the file has ${start + end} bytes, ${start + end - size} of them are missing.`);
  if (start + end < size)
    return { code: 'too_long', message: `After the last tensor come ${size - start - end} more bytes.` };
  return null;
}

type Tensor = { readonly name: string; readonly from: number; readonly to: number };

/** The tensors in the order of their bytes, or what is wrong. */
function parseHeader(bytes: Uint8Array): readonly Tensor[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'Its header is not JSON in UTF-8.';
  }
  if (!isObject(parsed)) return 'Its header is no JSON object.';
  const tensors: Tensor[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') continue;
    const tensor = tensorOf(name, value);
    if (typeof tensor === 'string') return tensor;
    tensors.push(tensor);
  }
  return tensors.sort((a, b) => a.from - b.from || a.to - b.to);
}

function tensorOf(name: string, value: unknown): Tensor | string {
  if (!isObject(value)) return `The entry ${name} of its header is no object.`;
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    return `The tensor ${name} has no shape or no place in the file.`;
  const [from = 0, to = 0] = offsets;
  if (to < from) return `The tensor ${name} ends before it begins.`;
  const bits = typeof dtype === 'string' && Object.hasOwn(bitsOf, dtype) ? bitsOf[dtype] : undefined;
  // A type that came after this table is no defect: its place is still held against the size.
  if (bits === undefined) return { name, from, to };
  const wanted = shape.reduce((product, part) => product * BigInt(part), BigInt(bits));
  if (wanted !== BigInt(to - from) * 8n)
    return `The tensor ${name} takes ${to - from} bytes, by its type and shape ${wanted / 8n}.`;
  return { name, from, to };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((part) => Number.isSafeInteger(part) && part >= 0);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function truncated(message: string): SafetensorsDefect {
  return { code: 'truncated', message };
}

function header(message: string): SafetensorsDefect {
  return { code: 'header', message };
}
