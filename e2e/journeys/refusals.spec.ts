import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { breakBundle } from '../screens/before-writing.ts';
import { sha256 } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';

test('a bundle with problems: all of them, by line, and read again when mended', async ({ wizard, cli, folder }) => {
  const bundle = join(folder, 'work', 'bad');
  await cli.run('init', 'task-orchestrator', bundle, '--tasks', '20');
  await breakBundle(bundle);
  await wizard.home.open(bundle);
  await wizard.answers(/\b3 problems\b/);
  const { code, json } = await cli.run('check', bundle);
  expect(code).toBe(2);
  const problems = json.problems as { line: number; message: string }[];
  expect(problems).toHaveLength(3);
  for (const { line, message } of problems) {
    // Names of keys are shown as code, without their backticks.
    await expect(wizard.main).toContainText(message.replaceAll('`', ''));
    await expect(wizard.main).toContainText(String(line));
  }
});

test('a source that changed after the plan stops the run before it writes', async ({ wizard, folder }) => {
  const bundle = join(folder, 'work', 'sample');
  await wizard.home.copySample({ dir: bundle, tasks: 100 });
  await wizard.analyse();
  await wizard.prepare();
  const legacy = new Database(join(bundle, 'legacy.db'));
  legacy.prepare("update subtasks set title = title || '.' where rowid = 1").run();
  legacy.close();
  await wizard.execute.start();
  await wizard.answers(/^Not with this plan\. .* changed after the plan was accepted$/);
  await expect(wizard.main).toContainText('legacy');
  expect(await sha256(join(bundle, 'generic.db'))).toBeNull();
});

test('a source that is no database is named by its test', async ({ wizard, folder }) => {
  const bundle = join(folder, 'work', 'sample');
  await wizard.home.copySample({ dir: bundle, tasks: 20 });
  await wizard.next('Check the connections');
  await wizard.answers('Yes. All 2 endpoints are ready');
  const foreign = join(folder, 'work', 'notes.db');
  await appendFile(foreign, 'not a database, just a text that is long enough to be read as a header'.repeat(20));
  await wizard.connections.point('legacy', foreign);
  await wizard.answers('Not yet. 1 of 2 endpoints is not ready');
  await expect(wizard.main).toContainText('The file is not a SQLite database');
  await expect(wizard.primary).toBeDisabled();
});
