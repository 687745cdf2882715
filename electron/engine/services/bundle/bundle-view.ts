import type { BundleView } from '#shared/contract/bundle.ts';
import type { UndoMode } from '#shared/model/run.ts';
import { describePolicy } from '../../profile/policy.ts';
import type { Profile, ProfileConnection, ProfileStep } from '../../profile/profile.ts';
import type { StepWords } from '../../steps/step-kind.ts';
import { listed } from '../../validation/report/words.ts';

type Loaded = { readonly profile: Profile; readonly hash: string; readonly source: string };
type Described = { readonly step: ProfileStep; readonly words: StepWords };

/** A bundle as the Profile screen explains it; nothing is connected. */
export function bundleView(path: string, loaded: Loaded, openRun: string | null): BundleView {
  const { profile, hash, source } = loaded;
  const described = profile.steps.map((step) => ({ step, words: step.kind.describe(step.spec, step.id) }));
  return {
    path,
    id: profile.id,
    version: profile.version,
    title: profile.title,
    description: profile.description,
    author: profile.author,
    reviewed: profile.reviewed,
    hash,
    words: inPlainWords(profile, described),
    steps: described.map(({ step, words }) => ({
      ord: step.ord,
      id: step.id,
      kind: step.kind.kind,
      from: words.from,
      to: words.to,
      needs: [...step.needs],
      undo: words.undo,
      words: words.words,
    })),
    connections: [...profile.connections.values()].map(connectionOf),
    policy: describePolicy(profile.policy).map((one) => ({ ...one })),
    windowSeconds: profile.policy.limits.windowSeconds,
    notCarried: [...profile.notCarried].map(([object, reason]) => ({ object, reason })),
    source,
    openRun,
  };
}

function connectionOf(connection: ProfileConnection): BundleView['connections'][number] {
  return {
    name: connection.name,
    engine: connection.engine,
    access: connection.access,
    where: whereOf(connection),
    fields: { ...connection.fields },
    overridden: [...connection.overridden],
    secrets: [...connection.secrets],
  };
}

/** Where a connection points, without secrets: `legacy.db`, or `db-01:5432 / shop`. */
export function whereOf({ fields }: Pick<ProfileConnection, 'fields'>): string {
  if (fields.path !== undefined) return fields.path;
  if (fields.url !== undefined) return withoutSecrets(fields.url);
  const host = [fields.host, fields.port].filter((part) => part !== undefined).join(':');
  return [host, fields.database].filter((part) => part !== undefined && part !== '').join(' / ');
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}

/** What the bundle will do, in order; what is only read and what cannot be undone is said at the end. */
function inPlainWords(profile: Profile, described: readonly Described[]): string[] {
  const words = described.map(({ words: one }) => one.words);
  if (described.some(({ step }) => step.kind.kind === 'records'))
    words.push('A record that cannot be written is set aside with its reason.');
  const written = new Set(described.flatMap(({ step }) => step.kind.connections(step.spec).writes));
  const onlyRead = [...profile.connections.values()].filter(({ name }) => !written.has(name)).map(({ name }) => name);
  const final = described.filter(({ words: one }) => cannotBeUndone(one.undo)).map(({ step }) => step.id);
  words.push(
    [
      onlyRead.length > 0 ? `Only reads ${listed(onlyRead)}; nothing there is changed.` : '',
      final.length === 0
        ? 'Every step can be undone.'
        : `${final.length === 1 ? 'Step' : 'Steps'} ${listed(final)} cannot be undone.`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  return words;
}

function cannotBeUndone(undo: UndoMode): boolean {
  return undo === 'none';
}
