import type { MappingProblem } from './mapping-types.ts';

/**
 * Rules that do not fit what they are compiled against. A plan is compiled when it is made, so that this is a bug, or rules
 * that were changed since; either way nothing was written under them.
 */
export class MappingDoesNotCompile extends Error {
  readonly problems: readonly MappingProblem[];

  constructor(what: string, problems: readonly MappingProblem[]) {
    super(`${what} no longer compiles: ${problems[0]?.message}`);
    this.name = 'MappingDoesNotCompile';
    this.problems = problems;
  }
}
