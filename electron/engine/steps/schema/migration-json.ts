import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Problem } from '#shared/model/finding.ts';
import { linesOf, problemAt } from './migration-problem.ts';
import type { Script } from './migration-sections.ts';

/** A migration file of the step framework; `created_at` and `status` are its own notes, the target knows better. */
const shape = z.strictObject({
  id: z.string().min(1).max(255),
  name: z.string().min(1).max(255),
  description: z.string().nullish(),
  sql: z.string().min(1),
  rollback_sql: z.string().nullish(),
  dependencies: z.array(z.string().min(1)).nullish(),
  created_at: z.unknown().optional(),
  status: z.unknown().optional(),
  checksum: z.string().nullish(),
});

export type JsonMigration = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly up: Script;
  readonly down: Script | null;
  readonly needs: readonly string[];
  readonly needsLine: number | null;
};

export function readJsonMigration(
  file: string,
  text: string,
): { readonly migration: JsonMigration } | { readonly problems: readonly Problem[] } {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = (error as Error).message;
    const line = lineOfError(message, text);
    return { problems: [problemAt(file, line, `${file} is not JSON: ${message}.`, 'Mend the file.')] };
  }
  const parsed = shape.safeParse(raw);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) => {
        const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0];
        const what =
          issue.code === 'unrecognized_keys' ? `no key "${issue.keys.join('", "')}"` : issueText(issue.message);
        return problemAt(
          file,
          lineOfKey(text, String(key ?? '')) ?? 1,
          `${file}: ${key && issue.code !== 'unrecognized_keys' ? `"${String(key)}" ` : 'a migration has '}${what}.`,
          'Keys are id, name, description, sql, rollback_sql, dependencies, created_at, status, checksum.',
        );
      }),
    };
  }
  const { data } = parsed;
  if (data.checksum && !sameChecksum(data.checksum, data.sql)) {
    const advice = 'Bring the old sql back, or write its new checksum: the first 16 hexadecimal digits of its sha256.';
    const message = `The sql of migration ${data.id} is not the one that its checksum ${data.checksum} was taken of.`;
    return { problems: [problemAt(file, lineOfKey(text, 'sql'), message, advice)] };
  }
  const script = (key: 'sql' | 'rollback_sql', value: string): Script => ({
    file,
    offset: (lineOfKey(text, key) ?? 1) - 1,
    text: value.replace(/\r\n?/g, '\n'),
    inJson: true,
    noTransaction: /^--\s*overland:\s*no-transaction\s*$/im.test(value),
  });
  return {
    migration: {
      id: data.id,
      name: data.name,
      description: data.description ?? null,
      up: script('sql', data.sql),
      down: data.rollback_sql ? script('rollback_sql', data.rollback_sql) : null,
      needs: data.dependencies ?? [],
      needsLine: lineOfKey(text, 'dependencies'),
    },
  };
}

/** The first 16 digits, as the step framework writes it, or more of them. */
export function sameChecksum(checksum: string, sql: string): boolean {
  const digest = createHash('sha256').update(sql, 'utf8').digest('hex');
  return checksum.length >= 16 && digest.startsWith(checksum.toLowerCase());
}

function issueText(message: string): string {
  return message.replace(/^Invalid input: /, 'is wrong: ').replace(/\.$/, '');
}

function lineOfKey(text: string, key: string): number | null {
  const at = linesOf(text).findIndex((line) => new RegExp(`(?<!\\\\)"${key}"\\s*:`).test(line));
  return at < 0 ? null : at + 1;
}

function lineOfError(message: string, text: string): number | null {
  const line = /\(line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? linesOf(text).length : linesOf(text.slice(0, Number(position))).length;
}
