/** The engine process is gone or cannot be reached. The call may or may not have been carried out: read the state again. */
export class EngineLost extends Error {
  constructor() {
    super('The engine does not answer. What is committed stays committed; nothing resumes by itself.');
    this.name = 'EngineLost';
  }
}
