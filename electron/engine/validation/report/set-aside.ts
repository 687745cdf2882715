import type { Journal } from '../../run/journal/journal.ts';
import type { IsSensitive } from '../sensitive.ts';
import type { RunReport } from './model.ts';
import { codeInWords } from './words.ts';

type Grouped = {
  readonly step: string;
  readonly code: string;
  readonly rule: string | null;
  readonly output: string | null;
  readonly column_name: string | null;
  readonly message: string;
  readonly messages: number;
  readonly count: number;
  readonly open: number;
  readonly replayed: number;
  readonly waived: number;
  readonly waived_by: string | null;
};

/** What was set aside, by reason, most first. No key and no value of a record is in it. */
export function reportReasons(
  journal: Journal,
  run: string,
  isSensitive: IsSensitive,
): RunReport['setAside']['reasons'] {
  const groups = journal.db.all<Grouped>(
    `SELECT step, code, rule, output, column_name, min(message) AS message, count(DISTINCT message) AS messages,
       count(*) AS count, sum(state = 'open') AS open, sum(state = 'replayed') AS replayed, sum(state = 'waived') AS waived,
       group_concat(DISTINCT CASE WHEN state = 'waived' THEN decided_by END) AS waived_by
     FROM quarantine WHERE run = ? GROUP BY step, code, rule, output, column_name ORDER BY count DESC, step, code`,
    run,
  );
  return groups.map((group) => ({
    step: group.step,
    code: group.code,
    words: reasonWords(group, isSensitive),
    rule: group.rule,
    output: group.output,
    count: group.count,
    open: group.open,
    replayed: group.replayed,
    waived: group.waived,
    waivedBy: group.waived_by === null ? [] : group.waived_by.split(','),
  }));
}

/**
 * A message that all records of a group share says something of the rule; one that differs from record to record quotes the
 * record, and so does any message about a sensitive column. Then only the reason's name and the column are told. The message
 * of a `reject` is the profile's own sentence, whatever the record.
 */
export function reasonWords(
  group: Pick<Grouped, 'code' | 'rule' | 'column_name' | 'message' | 'messages' | 'count'>,
  isSensitive: IsSensitive,
): string {
  const fromProfile = group.rule !== null && /\.reject\[\d+\]/.test(group.rule);
  if (fromProfile && group.messages === 1) return group.message;
  const shared = group.messages === 1 && group.count > 1;
  const column = group.column_name;
  if (shared && (column === null || !isSensitive(column))) return group.message;
  return column === null ? codeInWords(group.code) : `${codeInWords(group.code)}, column ${column}`;
}
