import * as z from 'zod';
import { filled, plainName, variableName } from '../../profile/shape-parts.ts';
import { docCasts, docKinds } from './spec-types.ts';

const format = z.enum(['json', 'yaml', 'toml', 'env']);
const keyPath = filled.describe('A key of the document with its tables, for example "rag_config.enabled".');
const patterns = z.array(keyPath).default([]);

const from = z.strictObject({
  from: keyPath.describe('Key of the source.'),
  kind: z.enum(docKinds).optional().describe('Takes the value only when it is of this kind.'),
  split: filled.optional().describe('Text that stands between two parts, for example "/".'),
  part: z
    .enum(['head', 'tail'])
    .optional()
    .describe('"head" is what stands before it, and is missing where the text has no such part; "tail" is the rest.'),
});

const rule = z.strictObject({
  from: z
    .union([keyPath, z.array(z.union([keyPath, from])).min(1)])
    .optional()
    .describe('Key of the source, or several: the first that is there.'),
  kind: from.shape.kind,
  split: from.shape.split,
  part: from.shape.part,
  value: z
    .string()
    .regex(/^=(?!=)/)
    .optional()
    .describe('Expression over `value`, what was found.'),
  map: variableName.optional().describe('Name of a table of [maps] that the value goes through.'),
  unknown: z
    .enum(['refuse', 'keep', 'default'])
    .default('refuse')
    .describe('What a value does that the map does not have.'),
  cast: z.enum(docCasts).optional().describe('Type that the value is converted to, exactly or not at all.'),
  bad: z.enum(['refuse', 'default']).default('refuse').describe('What a value does that the cast cannot take.'),
  default: z.unknown().optional().describe('Where no source is there: a literal, a table, a list, or an expression.'),
  required: z.boolean().default(false).describe('Refuses the file where no source is there.'),
  literal: z.unknown().optional().describe('A table that would read as a rule.'),
  rows: plainName.optional().describe('Id of a `files` step: a table per file of its result.'),
  where: z
    .string()
    .regex(/^=(?!=)/)
    .optional()
    .describe('Which files, for example "=file.model == template.id".'),
  take: z.array(filled).optional().describe('Fields of each file.'),
});
export type RuleShape = z.output<typeof rule>;
export const ruleShape = rule;

const rules = z
  .record(keyPath, z.unknown())
  .default({})
  .describe(
    'Keys of the result: a literal, an expression "=doc.a.b", a list, or a rule with `from`, `rows` or `literal`.',
  );

const each = z.strictObject({
  items: z
    .union([keyPath, z.record(keyPath, filled)])
    .describe('A table or list whose entries are the items; or keys, each with the name of its template.'),
  template: filled.optional().describe('File of the bundle with literal data, a table per template.'),
  into: z.array(filled).min(1).describe('Where the item goes, for example ["models", "=template.id"].'),
  names: z.record(filled, filled).optional().describe('Spellings of a name, each with the name it stands for.'),
  unknown_name: z.enum(['ask', 'keep']).default('ask').describe('"ask" stops the plan until `names` has the name.'),
  set: rules,
});

/** The table of a `config` step without `kind` and `needs`. */
export const configShape = z.strictObject({
  source: z
    .strictObject({
      connection: plainName.describe('A folder.'),
      file: filled.optional().describe('One file, below the folder.'),
      files: z.array(filled).min(1).optional().describe('Patterns such as "*.json" or "conf/**/*.yaml".'),
      root: z.string().default('').describe('Folder below the connection that the patterns begin in.'),
      format: format.optional().describe('Where the name does not tell it.'),
      yaml: z.enum(['1.1', '1.2']).default('1.2').describe('"1.1" reads `no` as false, as PyYAML does.'),
    })
    .describe('What is read.'),
  target: z
    .strictObject({
      connection: plainName.describe('A folder.'),
      file: filled.optional().describe('The file that is written.'),
      folder: filled.optional().describe('Folder for the results; names are those of the sources.'),
      format: format.optional().describe('Of the results; as the source when it is left out.'),
      exists: z
        .enum(['refuse', 'replace', 'merge'])
        .default('refuse')
        .describe('What is done with a file that is there: "merge" keeps its other keys and comments.'),
    })
    .describe('What is written. Without file and folder each source is changed in its place.'),
  env: z
    .record(
      variableName,
      z.union([filled, z.strictObject({ variable: filled, default: z.union([z.boolean(), z.string()]) })]),
    )
    .default({})
    .describe('Environment variables as env.<name>: a flag is true where the variable is "true", in any case.'),
  strict: z
    .union([z.boolean(), z.string().regex(/^=(?!=)/)])
    .default(false)
    .describe('Warnings are errors.'),
  start: z
    .enum(['source', 'empty'])
    .default('empty')
    .describe('"source": the result begins as the source is; "empty": it has what rules write.'),
  copy: patterns.describe('Keys that are taken over as they are.'),
  move: z.record(keyPath, keyPath).default({}).describe('Keys and what they are called in the result.'),
  set: rules,
  each: z
    .union([each, z.array(each)])
    .optional()
    .describe('One table of the result per item.'),
  fate: z
    .strictObject({
      kept: patterns.describe('Keys that stay in the source and are not written.'),
      deprecated: z
        .union([z.array(keyPath), z.record(keyPath, filled)])
        .default([])
        .describe('Keys that have no place any more, each with advice.'),
      unknown: z
        .union([z.enum(['warning', 'error', 'copy']), z.string().regex(/^=(?!=)/)])
        .default('warning')
        .describe('What a key does that no rule names.'),
    })
    .prefault({})
    .describe('What becomes of keys that no rule reads.'),
  essential: z
    .union([z.array(keyPath), z.record(keyPath, keyPath)])
    .default([])
    .describe('Keys whose value may not change.'),
  not_held: z
    .strictObject({
      null: z.enum(['drop', 'text', 'refuse']).default('refuse'),
      time: z.enum(['text', 'refuse']).default('text'),
      big_integer: z.enum(['keep', 'text', 'refuse']).default('keep'),
      nested: z.enum(['json_text', 'refuse']).default('refuse'),
    })
    .prefault({})
    .describe('What is done with values that the format of the result cannot say.'),
  result_schema: filled.optional().describe('JSON Schema of the bundle that every result must satisfy.'),
  allow: patterns.describe('Keys that the checks of paths, secrets and commands leave alone.'),
  relative: patterns.describe('Keys whose paths must be relative.'),
});
export type ConfigShape = z.output<typeof configShape>;
