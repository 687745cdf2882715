import { configKind } from './config/index.ts';
import { filesKind } from './files/index.ts';
import { recordsKind } from './records/index.ts';
import { schemaKind } from './schema/index.ts';
import type { StepKind } from './step-kind.ts';

/** Step kinds by name; a further kind is one more line. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  [schemaKind.kind, schemaKind],
  [recordsKind.kind, recordsKind],
  [configKind.kind, configKind],
  [filesKind.kind, filesKind],
]);
