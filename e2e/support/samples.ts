import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Wizard } from '../pages/wizard.ts';
import type { CommandLine } from './command-line.ts';

type Place = { readonly cli: CommandLine; readonly work: string; readonly tasks: number };

/** Chunks of a fraction of a second: between them another writer gets its turn, and a pause is soon there. */
export const smallChunks = ['rows = 50_000', 'rows = 500'] as const;

/** Writes the sample by the command line, in a folder of this name; returns the bundle. */
export async function sample(
  { cli, work, tasks }: Place,
  name: string,
  flags: readonly string[] = [],
): Promise<string> {
  const bundle = join(work, name, 'task-orchestrator');
  const { code } = await cli.run(
    'init',
    'task-orchestrator',
    bundle,
    '--tasks',
    String(tasks),
    '--seed',
    '7',
    ...flags,
  );
  expect(code).toBe(0);
  return bundle;
}

/** Opens a sample as a person does. */
export async function open(wizard: Wizard, bundle: string): Promise<void> {
  await wizard.home.open(bundle);
  await wizard.answers('Task orchestrator: to the generic task model');
}

/** Changes the profile of a bundle, word by word. */
export async function edit(bundle: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  const path = join(bundle, 'profile.toml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    changes.reduce((sum, [from, to]) => sum.replace(from, to), text),
  );
}
