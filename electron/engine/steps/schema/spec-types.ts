import type { UndoMode } from '#shared/model/run.ts';

/** A `schema` step as parsed. Plain JSON. */
export type SchemaSpec = {
  /** `steps.model`. */
  readonly key: string;
  readonly target: string;
  /** Folder of the bundle that holds the migrations. */
  readonly migrations: string;
  readonly undo: Extract<UndoMode, 'down' | 'restore' | 'none'>;
};
