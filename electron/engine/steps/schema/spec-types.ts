import type { UndoMode } from '#shared/model/run.ts';

/** A `schema` step as parsed. Plain JSON. */
export type SchemaSpec = {
  /** `steps.model`. */
  readonly key: string;
  readonly target: string;
  /** Folder of the bundle that holds the migrations, or a folder for each engine. */
  readonly migrations: string;
  /** This migration and those before it count as applied. */
  readonly baseline: string | null;
  /** `target`: the migrations are rehearsed in a scratch place on the target's own server. Null: a file is copied, a server left alone. */
  readonly scratch: 'target' | null;
  readonly undo: Extract<UndoMode, 'down' | 'restore' | 'none'>;
};
