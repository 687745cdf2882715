import { formatOf } from '../../documents/document.ts';
import { parseDocument } from '../../documents/index.ts';
import { type DocObject, isDocObject } from '../../documents/tree.ts';
import type { ReadEnv } from '../step-kind.ts';
import type { ConvertRules } from './convert-file.ts';
import { Expressions } from './expressions.ts';
import { schemaCheck } from './schema-check.ts';
import type { ConfigSpec, RuleText } from './spec-types.ts';

type RulesEnv = Pick<ReadEnv, 'constants' | 'files' | 'maps' | 'run'>;
type Flags = Readonly<Record<string, boolean | string>>;

/** Everything that files are converted by. The flags decide what is strict; a stored plan keeps them. */
export function convertRules(spec: ConfigSpec, flags: Flags, env: RulesEnv): ConvertRules {
  const expressions = new Expressions({ env: flags, constants: env.constants, run: env.run });
  const plain = (rule: RuleText) => expressions.evaluate(rule, { doc: null, result: null, file: null });
  const unknown = typeof spec.fate.unknown === 'string' ? spec.fate.unknown : plain(spec.fate.unknown);
  const schema = spec.schema === null ? null : env.files.text(spec.schema);
  return {
    spec,
    expressions,
    templates: new Map(
      spec.each.flatMap(({ templates }) => (templates === null ? [] : [[templates, readTemplates(templates, env)]])),
    ),
    maps: env.maps,
    strict: typeof spec.strict === 'boolean' ? spec.strict : plain(spec.strict) === true,
    unknown: unknown === 'error' || unknown === 'copy' ? unknown : 'warning',
    schema: schema === null ? null : schemaCheck(schema),
  };
}

function readTemplates(file: string, { files }: RulesEnv): DocObject {
  const { doc } = parseDocument(files.text(file) ?? '', formatOf(file) ?? 'toml');
  return isDocObject(doc) ? doc : {};
}

/** A flag is true where its variable is `true`, in any case; where the default is text the variable is taken as text. */
export function readFlags(spec: ConfigSpec, variables: Readonly<Record<string, string | undefined>>): Flags {
  return Object.fromEntries(
    Object.entries(spec.env).map(([name, { variable, standard }]) => {
      const found = variables[variable];
      if (found === undefined) return [name, standard];
      return [name, typeof standard === 'boolean' ? found.trim().toLowerCase() === 'true' : found];
    }),
  );
}
