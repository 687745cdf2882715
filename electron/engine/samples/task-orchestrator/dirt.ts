import { isoTime } from './iso-time.ts';
import type { Ledger, PlantedRecord, SetAside } from './ledger.ts';
import { type LegacyFamily, type LegacySubtask, newerColumns } from './legacy-records.ts';

/** What real files have. Each kind is planted into breakdowns of its own, so that none hides another. */
export const dirtKinds = [
  'dependency_unknown',
  'dependencies_malformed',
  'artifacts_malformed',
  'status_unknown',
  'parent_missing',
  'title_empty',
  'description_empty',
  'hierarchy_duplicate',
  'id_collision',
  'nul_in_text',
  'emoji_in_text',
  'older_columns',
] as const;
export type DirtKind = (typeof dirtKinds)[number];

/** Breakdowns that a dirty file needs at least. */
export const dirtyMinimum = dirtKinds.length;

/** `turn` counts the plantings of a kind from 0, so that each may differ. */
export type DirtPlace = { readonly kind: DirtKind; readonly turn: number };

/** What goes into which breakdown (by ordinal), spread over the file: one of each kind in a small file, up to 20 in a large one. */
export function placeDirt(breakdowns: number): ReadonlyMap<number, DirtPlace> {
  const each = Math.max(1, Math.min(20, Math.floor(breakdowns / 1_000)));
  const places = each * dirtKinds.length;
  const placed = new Map<number, DirtPlace>();
  for (let place = 0; place < places; place += 1) {
    const kind = dirtKinds[place % dirtKinds.length] as DirtKind;
    placed.set(Math.floor((place * breakdowns) / places), { kind, turn: Math.floor(place / dirtKinds.length) });
  }
  return placed;
}

const malformedLists = ['["task_00000001", ', 'task_00000001,task_00000002', "['task_00000001']", '{"task": '] as const;
const malformedArtifacts = ['[{"name": "report.md", "content": "cut', "['src/main.py']", 'see attachment'] as const;
const unknownStatuses = ['on_hold', 'BLOCKED', 'in progress', 'unknown'] as const;
const emoji = '👩🏽‍🚒 ready 🏳️‍🌈 é (composed of two) \u{1F9F5}';

/**
 * Alters the family or adds to it, and notes what was planted and what the bundle has to set aside because of it.
 * The last subtask is the one that is altered: no other depends on it.
 */
export function plantDirt({ kind, turn }: DirtPlace, family: LegacyFamily, ledger: Ledger): void {
  const { breakdown, subtasks } = family;
  const first = subtasks[0] as LegacySubtask;
  const last = subtasks[subtasks.length - 1] as LegacySubtask;
  const subtask = (key: string, detail: string): PlantedRecord => ({ kind, table: 'subtasks', key, detail });

  switch (kind) {
    case 'dependency_unknown': {
      const gone = `task_gone_${turn + 1}`;
      last.dependencies = JSON.stringify([first.task_id, gone]);
      ledger.plant(subtask(last.task_id, `depends on ${gone}, which is nowhere`), [
        dependency(last.task_id, 'prerequisite_unknown', 1),
      ]);
      return;
    }
    case 'dependencies_malformed':
      last.dependencies = turnOf(malformedLists, turn);
      ledger.plant(subtask(last.task_id, `dependencies: ${last.dependencies}`), [
        dependency(last.task_id, 'not_json', null),
      ]);
      return;
    case 'artifacts_malformed':
      last.artifacts = turnOf(malformedArtifacts, turn);
      ledger.plant(subtask(last.task_id, `artifacts: ${last.artifacts}`), [
        { step: 'subtasks', key: last.task_id, item: null, output: 'task_artifacts', code: 'not_json' },
      ]);
      return;
    case 'status_unknown':
      last.status = turnOf(unknownStatuses, turn);
      last.dependencies = '[]';
      ledger.plant(subtask(last.task_id, `status ${last.status}`), [record(last.task_id, 'unknown_value')]);
      return;
    case 'parent_missing': {
      const stray = copyOf(last, `task_stray_${turn + 1}`, `breakdown_missing_${turn + 1}`);
      subtasks.push(stray);
      ledger.plant(subtask(stray.task_id, `under ${stray.parent_task_id}, which is not there`), [
        record(stray.task_id, 'parent_missing'),
      ]);
      return;
    }
    case 'title_empty':
      last.title = turn % 2 === 0 ? '' : null;
      last.dependencies = '[]';
      ledger.plant(subtask(last.task_id, last.title === '' ? 'empty title' : 'title is null'), [
        record(last.task_id, 'title_empty'),
      ]);
      return;
    case 'description_empty':
      breakdown.description = turn % 2 === 0 ? '' : null;
      ledger.plant({ kind, table: 'task_breakdowns', key: breakdown.parent_task_id, detail: 'empty description' }, [
        { step: 'breakdowns', key: breakdown.parent_task_id, item: null, output: null, code: 'description_empty' },
        ...subtasks.flatMap(withoutParent),
      ]);
      return;
    case 'hierarchy_duplicate': {
      const twin = copyOf(last, last.task_id, last.parent_task_id);
      twin.title = `${last.title} (again)`;
      twin.created_at = isoTime(28_927_440 + turn, 0, 1);
      subtasks.push(twin);
      ledger.plant(subtask(twin.task_id, 'twice under the same breakdown'), [record(twin.task_id, 'key_exists')]);
      return;
    }
    case 'id_collision': {
      const namesake = copyOf(last, breakdown.parent_task_id, breakdown.parent_task_id);
      subtasks.push(namesake);
      ledger.plant(subtask(namesake.task_id, 'has the id of its breakdown'), [record(namesake.task_id, 'key_exists')]);
      return;
    }
    case 'nul_in_text':
      last.title = `Before\u0000after ${last.title}`;
      last.description = `\u0000${last.description}`;
      last.results = 'ends with NUL\u0000';
      ledger.plant(subtask(last.task_id, 'NUL in title, description and results'), []);
      return;
    case 'emoji_in_text':
      last.title = `${emoji} ${last.title}`;
      breakdown.description = `${emoji} ${breakdown.description}`;
      ledger.plant(subtask(last.task_id, 'emoji of several code points in title'), []);
      return;
    case 'older_columns':
      for (const each of subtasks) for (const column of newerColumns) each[column] = null;
      ledger.plant(subtask(last.task_id, `${subtasks.length} subtasks without values in the newer columns`), []);
      return;
  }
}

function turnOf(from: readonly string[], turn: number): string {
  return from[turn % from.length] as string;
}

function record(key: string, code: string): SetAside {
  return { step: 'subtasks', key, item: null, output: null, code };
}

function dependency(key: string, code: string, item: number | null): SetAside {
  return { step: 'dependencies', key, item, output: 'task_dependencies', code };
}

/** A subtask whose breakdown is set aside follows it, and takes its dependencies with it. */
function withoutParent(subtask: LegacySubtask): SetAside[] {
  const items: unknown[] = JSON.parse(subtask.dependencies);
  return [
    record(subtask.task_id, 'parent_missing'),
    ...items.map((_, item) => dependency(subtask.task_id, 'task_in_quarantine', item)),
  ];
}

/** Nobody depends on the copy and it depends on nobody. */
function copyOf(subtask: LegacySubtask, id: string, parent: string): LegacySubtask {
  return { ...subtask, task_id: id, parent_task_id: parent, dependencies: '[]' };
}
