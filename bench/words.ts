import { median } from './measure.ts';
import { stages } from './profile-shares.ts';
import type { RecordsReport } from './sqlite-records.ts';
import { megabytes, percent, perSecond, seconds, textTable } from './table.ts';
import type { WindowReport } from './window.ts';

/** Speed of the engine against the least that must be reached. */
const wantedRatio = 1 / 3;
const wantedMemory = 300e6;
const wantedPaintMs = 2_000;
const wantedBlockMs = 50;

export function recordsText(report: RecordsReport): string {
  const [engine, least] = [report.engine[0], report.least[0]];
  if (!engine || !least) return 'No round was run.';
  const compared = textTable(
    ['legacy SQLite to new SQLite', 'median', 'processor', 'subtasks', 'rows', 'speed'],
    [
      [
        'INSERT ... SELECT, attached database',
        seconds(report.leastMs),
        seconds(report.leastCpuMs),
        perSecond(report.subtasks, report.leastMs),
        perSecond(least.rows, report.leastMs),
        '1.00',
      ],
      [
        'engine, execute (journal and checksums on)',
        seconds(report.executeMs),
        seconds(report.executeCpuMs),
        perSecond(report.subtasks, report.executeMs),
        perSecond(engine.rows, report.executeMs),
        report.ratio.toFixed(2),
      ],
    ],
  );
  const phases = (['planMs', 'backupMs', 'executeMs', 'validateMs'] as const).map(
    (name) => `${name.slice(0, -2)} ${seconds(median(report.engine.map((run) => run[name])))}`,
  );
  const steps = Object.entries(engine.perStepMs).map(([step, ms]) => `${step} ${seconds(ms)}`);
  const lines = [
    `${report.subtasks.toLocaleString('en-US')} subtasks, ${megabytes(report.legacyBytes)}, ${report.engine.length} alternating rounds`,
    '',
    compared,
    '',
    `target: at least ${wantedRatio.toFixed(2)} of the least: ${verdict(report.ratio >= wantedRatio)}`,
    `phases: ${phases.join(', ')}`,
    `steps of execute: ${steps.join(', ')}`,
    report.shares
      ? `time of execute (sampled): ${stages.map((stage) => `${stage} ${percent(report.shares?.[stage] ?? 0)}`).join(', ')}`
      : '',
    `longest block of the engine's thread: ${Math.max(...report.engine.map((run) => run.longestBlockMs)).toFixed(0)} ms`,
    '',
    textTable(
      ['peak memory of the engine process', 'until execute ended', 'with validation'],
      report.memory.map((each) => [
        `${each.subtasks.toLocaleString('en-US')} subtasks`,
        megabytes(each.executeBytes),
        megabytes(each.bytes),
      ]),
    ),
    `target: under ${megabytes(wantedMemory)}: ${verdict(report.memory.every((each) => (each.bytes ?? 0) < wantedMemory))}`,
    '',
    report.same.every((table) => table.equal)
      ? 'Both wrote the same rows: counts and digests of all tables are equal.'
      : `They did not write the same rows: ${report.same
          .filter((table) => !table.equal)
          .map((table) => `${table.table} (engine ${table.left}, least ${table.right})`)
          .join(', ')}. The figures do not compare.`,
  ];
  return lines.join('\n');
}

export function windowText(report: WindowReport): string {
  if (report.kind === 'skipped') return `Window: not measured. ${report.reason}`;
  const paint = median(report.firstPaintMs);
  return [
    textTable(
      [`desktop, ${report.runtime}`, 'measured', 'target'],
      [
        [
          'launch to first paint, median',
          `${paint.toFixed(0)} ms`,
          `< ${wantedPaintMs} ms: ${verdict(paint < wantedPaintMs)}`,
        ],
        [
          'longest block of main during a run',
          `${report.longestBlockMs.toFixed(0)} ms`,
          `< ${wantedBlockMs} ms: ${verdict(report.longestBlockMs < wantedBlockMs)}`,
        ],
      ],
    ),
    `The run had ${report.subtasks.toLocaleString('en-US')} subtasks; execute took ${seconds(report.executeMs)}.`,
  ].join('\n');
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'NOT reached';
}
