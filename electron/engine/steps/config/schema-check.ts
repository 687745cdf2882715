import { Ajv } from 'ajv';
import { type Doc, DocNumber, DocTime, isDocList, isDocObject } from '../../documents/tree.ts';

/** Compiles a JSON Schema once; each result is told what it breaks. Throws when the schema itself is none. */
export function schemaCheck(
  text: string,
): (doc: Doc) => readonly { readonly path: string; readonly message: string }[] {
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(JSON.parse(text));
  return (doc) => {
    if (validate(plain(doc))) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = 'additionalProperty' in params ? `: ${String(params.additionalProperty)}` : '';
      return {
        path: instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~'),
        message: `${message ?? 'it does not hold'}${extra}`,
      };
    });
  };
}

/** As JSON Schema sees values: it knows one kind of number. */
function plain(doc: Doc): unknown {
  if (typeof doc === 'bigint') return Number(doc);
  if (doc instanceof DocNumber) return Number(doc.text);
  if (doc instanceof DocTime) return doc.text;
  if (isDocList(doc)) return doc.map(plain);
  if (!isDocObject(doc)) return doc;
  return Object.fromEntries(Object.entries(doc).map(([key, value]) => [key, plain(value)]));
}
