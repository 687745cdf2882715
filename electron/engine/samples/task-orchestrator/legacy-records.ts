import type { SeededRandom } from '../seeded-random.ts';
import { isoTime } from './iso-time.ts';
import type { Words } from './words.ts';

/** A row of `task_breakdowns`. */
export type LegacyBreakdown = {
  parent_task_id: string;
  description: string | null;
  complexity: string;
  context: string | null;
  created_at: string;
};

/** A row of `subtasks` with the columns of the newer releases; the older ones lack the last five. */
export type LegacySubtask = {
  task_id: string;
  parent_task_id: string;
  title: string | null;
  description: string;
  specialist_type: string;
  dependencies: string;
  estimated_effort: string;
  status: string;
  results: string | null;
  artifacts: string;
  created_at: string;
  completed_at: string | null;
  prerequisite_satisfaction_required: number | null;
  file_operations_count: number | null;
  verification_status: string | null;
  quality_gate_level: string | null;
  auto_maintenance_enabled: number | null;
};

export type LegacyFamily = { readonly breakdown: LegacyBreakdown; readonly subtasks: LegacySubtask[] };

export const newerColumns = [
  'prerequisite_satisfaction_required',
  'file_operations_count',
  'verification_status',
  'quality_gate_level',
  'auto_maintenance_enabled',
] as const satisfies readonly (keyof LegacySubtask)[];

const complexities = ['simple', 'moderate', 'moderate', 'complex', 'very_complex'] as const;
const specialists = [
  'architect',
  'implementer',
  'implementer',
  'tester',
  'reviewer',
  'documenter',
  'debugger',
] as const;
const efforts = ['15 minutes', '30 minutes', '1 hour', '2 hours', '4 hours', '1 day', 'unknown'] as const;
const statuses = ['completed', 'completed', 'completed', 'active', 'in_progress', 'pending', 'failed', 'cancelled'];
const artifactTypes = ['code', 'design', 'documentation', 'test', 'general'] as const;

/** 2 January 2023, 08:00. Legacy times carry no zone; they are only counted up from here. */
const firstMinute = 27_877_440;

/** One breakdown with its 4 to 12 subtasks. `ordinal` counts breakdowns from 0, `firstTask` counts subtasks. */
export function makeFamily(ordinal: number, firstTask: number, random: SeededRandom, words: Words): LegacyFamily {
  const begun = firstMinute + ordinal * 11 + random.below(11);
  const id = `breakdown_${String(ordinal + 1).padStart(7, '0')}`;
  const breakdown: LegacyBreakdown = {
    parent_task_id: id,
    description: `${random.pick(words.titles)}. ${random.pick(words.sentences)}`,
    complexity: random.pick(complexities),
    context: contextText(random, words),
    created_at: isoTime(begun, random.below(60), random.below(1_000_000)),
  };
  const count = random.between(4, 12);
  const subtasks: LegacySubtask[] = [];
  for (let index = 0; index < count; index += 1) subtasks.push(makeSubtask(id, begun, firstTask, index, random, words));
  return { breakdown, subtasks };
}

function taskId(number: number): string {
  return `task_${String(number).padStart(8, '0')}`;
}

function makeSubtask(
  parent: string,
  begun: number,
  firstTask: number,
  index: number,
  random: SeededRandom,
  words: Words,
): LegacySubtask {
  const status = random.pick(statuses);
  const ended = status === 'completed' || status === 'failed';
  return {
    task_id: taskId(firstTask + index),
    parent_task_id: parent,
    title: random.pick(words.titles),
    description: random.chance(30)
      ? `${random.pick(words.sentences)}\n${random.pick(words.sentences)}`
      : random.pick(words.sentences),
    specialist_type: random.pick(specialists),
    dependencies: dependenciesText(firstTask, index, random),
    estimated_effort: random.pick(efforts),
    status,
    results: ended ? random.pick(words.results) : null,
    artifacts: artifactsText(random, words),
    created_at: isoTime(begun + 1, index, random.below(1_000_000)),
    completed_at: ended ? isoTime(begun + random.between(30, 4_000), random.below(60), random.below(1_000_000)) : null,
    prerequisite_satisfaction_required: random.below(2),
    file_operations_count: random.chance(70) ? random.below(40) : null,
    verification_status: ended ? random.pick(['verified', 'verified', 'unverified']) : null,
    quality_gate_level: random.chance(80) ? random.pick(['standard', 'standard', 'strict', 'none']) : null,
    auto_maintenance_enabled: random.below(2),
  };
}

function contextText(random: SeededRandom, words: Words): string | null {
  if (random.chance(25)) return null;
  if (random.chance(97)) return random.pick(words.paragraphs);
  return Array.from({ length: 30 }, () => random.pick(words.paragraphs)).join('\n\n');
}

/** Up to three of the subtasks before it. */
function dependenciesText(firstTask: number, index: number, random: SeededRandom): string {
  const wanted = index === 0 ? 0 : Math.min(index, random.below(4));
  if (wanted === 0) return '[]';
  const from = random.below(index - wanted + 1);
  let text = '';
  for (let at = from; at < from + wanted; at += 1) text += `${at === from ? '' : ', '}"${taskId(firstTask + at)}"`;
  return `[${text}]`;
}

/** Older agents wrote plain paths or texts, newer ones objects. */
function artifactsText(random: SeededRandom, words: Words): string {
  const count = random.below(3);
  if (count === 0) return '[]';
  const items: unknown[] = [];
  for (let item = 0; item < count; item += 1) {
    const file = `src/module_${random.below(400)}/part_${random.below(30)}.py`;
    if (random.chance(60)) items.push(file);
    else items.push({ name: file, type: random.pick(artifactTypes), content: random.pick(words.sentences) });
  }
  return JSON.stringify(items);
}
