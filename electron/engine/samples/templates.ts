import type { SampleEngine } from './agent-framework/legacy-sql.ts';

/** A sample that `overland init` can write. */
export type SampleTemplate = {
  readonly name: string;
  /** One or two sentences for the list of samples. */
  readonly description: string;
  /** Legacy data can be generated beside it. */
  readonly generates: boolean;
  /** Engines that it can be written for; the first one when none is named. */
  readonly engines: readonly SampleEngine[];
};

export function sampleTemplates(): readonly SampleTemplate[] {
  return [
    {
      name: 'task-orchestrator',
      description:
        'A task orchestrator’s SQLite file with breakdowns and subtasks becomes the generic task model. A legacy file is generated beside it.',
      generates: true,
      engines: ['sqlite'],
    },
    {
      name: 'agent-framework',
      description:
        'An agent framework’s database gets the schema of its structured state by three migrations, on SQLite, PostgreSQL or MySQL, and its flat settings become structured ones. Checkpoints and settings are generated beside it.',
      generates: true,
      engines: ['sqlite', 'postgres', 'mysql'],
    },
    {
      name: 'model-orchestrator',
      description:
        'A model orchestrator’s config.json becomes a manifest with the hash of every file, and its model folders move to their new names. Both are generated beside it.',
      generates: true,
      engines: ['sqlite'],
    },
  ];
}
