/** A sample that `overland init` can write. */
export type SampleTemplate = {
  readonly name: string;
  /** One or two sentences for the list of samples. */
  readonly description: string;
  /** Legacy data can be generated beside it. */
  readonly generates: boolean;
};

export function sampleTemplates(): readonly SampleTemplate[] {
  return [
    {
      name: 'task-orchestrator',
      description:
        'A task orchestrator’s SQLite file with breakdowns and subtasks becomes the generic task model. A legacy file is generated beside it.',
      generates: true,
    },
  ];
}
