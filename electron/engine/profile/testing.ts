import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseRecords } from '../steps/records/spec.ts';
import type { RecordsSpec } from '../steps/records/spec-types.ts';
import { parseSchema } from '../steps/schema/spec.ts';
import type { SchemaSpec } from '../steps/schema/spec-types.ts';
import type { StepKind } from '../steps/step-kind.ts';

/** Kinds that parse and nothing else: what the profile needs of them. */
export const parsingKinds: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['schema', parsing<SchemaSpec>('schema', parseSchema, (spec) => ({ reads: [], writes: [spec.target] }))],
  [
    'records',
    parsing<RecordsSpec>('records', parseRecords, (spec) => ({
      reads: [spec.source.connection],
      writes: [spec.target.connection],
    })),
  ],
]);

function parsing<Spec>(
  kind: StepKind['kind'],
  parse: StepKind<Spec>['parse'],
  connections: (spec: Spec) => ReturnType<StepKind['connections']>,
): StepKind {
  const unused = (): never => {
    throw new Error('Only parsed here');
  };
  return {
    kind,
    planVersion: 1,
    parse,
    describe: unused,
    connections: (spec) => connections(spec as Spec),
    plan: unused,
    units: unused,
    validate: unused,
  };
}

/** A bundle in a temporary folder, files by path. */
export function writeBundle(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'overland-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
