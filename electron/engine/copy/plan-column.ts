import type { ColumnDesign, ColumnInfo, DeclaredType, Dialect, Fit, TableInfo } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';
import { translateDefault } from './expression/defaults.ts';
import { type ColumnMeaning, translate } from './expression/translate.ts';
import { type Meaning, meaningOf, meaningOfType } from './source-facts.ts';
import { ruleFor } from './type-rules.ts';
import type { AppliedRule, ConvertSpec, DesignRequest, NotCarried, PlannedColumn, TypeRule } from './types.ts';

/** A column on its way into the target; what depends on other columns is changed before it is written down. */
export type ColumnDraft = {
  readonly info: ColumnInfo;
  readonly from: Meaning;
  readonly applied: AppliedRule;
  declared: DeclaredType;
  to: Meaning;
  readonly inKey: boolean;
  readonly nullable: boolean;
  identity: boolean;
};

export function draftColumn(
  request: DesignRequest,
  table: TableInfo,
  info: ColumnInfo,
  keyLength: number | null,
): ColumnDraft {
  const from = meaningOf(request.source, info);
  const applied = ruleFor(request.rules, { table: table.name, column: info.name, declaredType: info.declaredType });
  const wantsIdentity = isNumbered(info);
  const declared = declaredFor(request, info, from, applied.rule, { keyLength, identity: wantsIdentity });
  const to = meaningIn(request, info, from, applied.rule, declared.declared);
  const inKey = table.primaryKey.includes(info.name);
  return {
    info,
    from,
    applied,
    declared,
    to,
    inKey,
    nullable: isNullable(request, info, applied.rule, inKey),
    identity: wantsIdentity && to.facts.family === 'int',
  };
}

function isNumbered({ details, defaultText }: ColumnInfo): boolean {
  return (details?.identity ?? null) !== null || /^nextval\(/i.test(defaultText ?? '');
}

function declaredFor(
  { source, target }: DesignRequest,
  info: ColumnInfo,
  { facts, labels }: Meaning,
  rule: TypeRule,
  hints: { readonly keyLength: number | null; readonly identity: boolean },
): DeclaredType {
  if (rule.to !== undefined) return { declared: rule.to, fit: 'rule', note: null };
  const dialect = dialectOf(target);
  // Types that a database of PostgreSQL makes itself are not in another one.
  const ownType =
    source === 'postgres' && dialect.facts(info.declaredType).family === 'other' && facts.family !== 'other';
  if (source === target && !ownType) return { declared: info.declaredType, fit: 'exact', note: null };
  const found = dialect.declare(facts, { column: info.name, labels, ...hints });
  const note = [ownType ? `The type ${info.declaredType} is not carried, its values are.` : null, found.note];
  return { ...found, note: note.filter(Boolean).join(' ') || null };
}

function meaningIn(
  { source, target }: DesignRequest,
  info: ColumnInfo,
  from: Meaning,
  rule: TypeRule,
  declared: string,
): Meaning {
  if (source === target && rule.to === undefined && declared === info.declaredType) return from;
  const { facts, labels } = meaningOfType(target, declared);
  return { facts, labels: facts.family === 'enum' || facts.family === 'set' ? labels : null };
}

/** A rule that makes null of a value needs a column that takes it. */
function isNullable({ target }: DesignRequest, info: ColumnInfo, rule: TypeRule, inKey: boolean): boolean {
  if (inKey && target !== 'sqlite') return false;
  return info.nullable || (!inKey && Object.values(rule).includes('null'));
}

export function specOf(request: DesignRequest, draft: ColumnDraft): ConvertSpec {
  return {
    from: { engine: request.source, ...draft.from },
    to: { engine: request.target, ...draft.to },
    rule: draft.applied.rule,
    nullable: draft.nullable,
  };
}

export function plannedColumn(request: DesignRequest, draft: ColumnDraft): PlannedColumn {
  const { info, declared, applied } = draft;
  const own = ['other', 'array', 'any'].includes(draft.to.facts.family) && request.target === 'postgres';
  const same = request.source === request.target && declared.declared === info.declaredType;
  return {
    source: info.name,
    target: info.name,
    sourceType: info.declaredType,
    targetType: declared.declared,
    fit: fitOf(request, draft),
    rules: applied.keys,
    words: wordsOf(request, draft).join(' '),
    comparable: same || !own,
    convert: specOf(request, draft),
  };
}

function fitOf(request: DesignRequest, draft: ColumnDraft): Fit {
  const { rule } = draft.applied;
  const said = Object.entries(rule).some(([, word]) => word !== undefined && word !== 'quarantine' && word !== 'utf8');
  if (said || irregularities(request, draft).length > 0) return 'rule';
  return draft.declared.fit;
}

function wordsOf(request: DesignRequest, draft: ColumnDraft): string[] {
  const { rule } = draft.applied;
  const words = irregularities(request, draft);
  if (draft.declared.note) words.unshift(draft.declared.note);
  if (draft.nullable && !draft.info.nullable)
    words.push('NOT NULL is left out, since a rule makes null of some values.');
  if (/^tinyint\(1\)/i.test(draft.info.declaredType) && draft.to.facts.family === 'int' && rule.to === undefined) {
    words.push(
      ...(request.target === 'postgres' ? ['Kept as a number; the rule to = "boolean" makes it a boolean.'] : []),
    );
  }
  return words;
}

/** Values that only MySQL has. */
function irregularities({ source, target }: DesignRequest, { from, to, applied }: ColumnDraft): string[] {
  if (source !== 'mysql' || target !== 'postgres') return [];
  const { zero = 'quarantine', partial = 'quarantine' } = applied.rule;
  const dates = ['date', 'timestamp', 'timestamptz'];
  const words: string[] = [];
  if (dates.includes(from.facts.family) && dates.includes(to.facts.family)) {
    const open = [
      zero === 'quarantine' ? '0000-00-00' : null,
      partial === 'quarantine' ? 'dates without month or day' : null,
    ];
    const named = open.filter((one) => one !== null).join(' and ');
    if (named !== '') words.push(`${named.charAt(0).toUpperCase()}${named.slice(1)} need a rule.`);
  }
  if (from.facts.family === 'time' && to.facts.family === 'time')
    words.push('Times outside of a day need the type interval or text.');
  return words;
}

/** How an expression of the table finds the columns of the draft. */
export function columnsOf(
  request: DesignRequest,
  drafts: readonly ColumnDraft[],
): (name: string) => ColumnMeaning | null {
  return (name) => {
    const draft = drafts.find((one) => one.info.name.toLowerCase() === name.toLowerCase());
    if (!draft) return null;
    const collation = draft.info.details?.collation ?? null;
    const exactText =
      request.source === 'mysql' ? collation === null || /_bin$/.test(collation) : !/^nocase$/i.test(collation ?? '');
    return { name: draft.info.name, from: draft.from.facts, to: draft.to.facts, exactText };
  };
}

/** The column as it is made; what the target cannot say is added to `notCarried`. */
export function designColumn(
  request: DesignRequest,
  drafts: readonly ColumnDraft[],
  draft: ColumnDraft,
  notCarried: NotCarried[],
): ColumnDesign {
  const { info, declared, identity } = draft;
  const { details } = info;
  const target = dialectOf(request.target);
  const sameEngine = request.source === request.target;
  const generatedAs = generatedOf(request, drafts, draft, target, notCarried);
  const textual =
    draft.to.facts.family === 'text' || draft.to.facts.family === 'enum' || draft.to.facts.family === 'set';
  if (details?.onUpdate && !sameEngine) {
    notCarried.push({
      kind: 'on_update',
      name: info.name,
      text: `ON UPDATE ${details.onUpdate}`,
      why: 'only MySQL sets a column by itself when a row changes; it needs a trigger in the target',
    });
  }
  if (details?.comment && target.engine === 'sqlite') {
    notCarried.push({ kind: 'comment', name: info.name, text: details.comment, why: 'SQLite keeps no comments' });
  }
  return {
    name: info.name,
    declaredType: declared.declared,
    nullable: draft.nullable,
    defaultText: generatedAs || identity ? null : defaultOf(request, draft, target, notCarried),
    generatedAs,
    identity,
    onUpdate: sameEngine ? (details?.onUpdate ?? null) : null,
    collation: sameEngine && textual && draft.applied.rule.to === undefined ? (details?.collation ?? null) : null,
    comment: target.engine === 'sqlite' ? null : (details?.comment ?? null),
  };
}

function defaultOf(
  request: DesignRequest,
  { info, from, to }: ColumnDraft,
  target: Dialect,
  notCarried: NotCarried[],
): string | null {
  const text = info.defaultText;
  if (text === null || (info.generated && info.details?.generatedAs)) return null;
  const numbered = isNumbered(info);
  if (numbered) {
    notCarried.push({
      kind: 'identity',
      name: info.name,
      text,
      why: 'the type of the column in the target cannot be numbered',
    });
    return null;
  }
  if (request.source === request.target) return text;
  const found = translateDefault(text, { source: request.source, target, from: from.facts, to: to.facts });
  if ('text' in found) return found.text;
  notCarried.push({ kind: 'default', name: info.name, text, why: found.why });
  return null;
}

/** Null also where the expression is not carried: the column then holds the values as they are. */
function generatedOf(
  request: DesignRequest,
  drafts: readonly ColumnDraft[],
  { info, applied }: ColumnDraft,
  target: Dialect,
  notCarried: NotCarried[],
): ColumnDesign['generatedAs'] {
  const generated = info.generated ? (info.details?.generatedAs ?? null) : null;
  if (!generated) return null;
  if (request.source === request.target && applied.rule.to === undefined) return generated;
  const found = translate(generated.expression, {
    source: request.source,
    target,
    column: columnsOf(request, drafts),
    loose: false,
  });
  if ('text' in found) return { expression: found.text, stored: generated.stored || target.engine === 'postgres' };
  notCarried.push({
    kind: 'generated',
    name: info.name,
    text: generated.expression,
    why: `${found.why}; the column keeps its values and is no longer computed`,
  });
  return null;
}
