import type { FileRow } from './result.ts';

/** What a file is to its model, as data of a bundle. The first rule of which a word stands in the lower-cased path holds. */
export type RoleRules = {
  readonly components: readonly { readonly contains: readonly string[]; readonly component: string }[];
};

const shardPart = /-(\d{5,})-of-\d{5,}\.[^/.]+$/;

/** Component, number of the shard and whether the file is an index of shards. */
export function roleOf(path: string, rules: RoleRules): Pick<FileRow, 'component' | 'shard_part' | 'shard_index'> {
  const lower = path.toLowerCase();
  const rule = rules.components.find(({ contains }) => contains.some((word) => lower.includes(word)));
  const part = shardPart.exec(lower)?.[1];
  return {
    component: rule?.component ?? null,
    shard_part: part === undefined ? null : BigInt(part),
    shard_index: lower.endsWith('index.json') ? true : null,
  };
}
