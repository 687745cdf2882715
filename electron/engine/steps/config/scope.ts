import type { ExpressionScope } from '../../values/expression.ts';

/** Names that expressions of a `config` step may use. */
export function configScope(constants: readonly string[], env: readonly string[], inEach: boolean): ExpressionScope {
  return {
    lookups: {},
    item: null,
    index: false,
    constants,
    variables: {
      doc: null,
      result: null,
      value: null,
      env,
      file: null,
      ...(inEach ? { item: null, key: null, template: null } : {}),
    },
  };
}
