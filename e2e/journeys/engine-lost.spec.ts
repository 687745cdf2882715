import { join } from 'node:path';
import { contentOf } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';

/** Long enough at work that a kill finds it there, also when the window lags behind by some seconds. */
const tasks = 12_000;

test('the engine is killed while it writes: said, reconnected, resumed by a person', async ({
  wizard,
  host,
  cli,
  folder,
}) => {
  test.setTimeout(400_000);
  const { page } = wizard;
  const bundle = join(folder, 'work', 'killed');
  const undisturbed = join(folder, 'work', 'undisturbed');
  await wizard.home.copySample({ dir: bundle, tasks, seed: 3 });
  await wizard.analyse();
  await wizard.prepare();
  await wizard.execute.start();
  const before = await wizard.execute.underWay('subtasks');
  await test.step('the kill', () => host.killEngine());

  await test.step('the wizard says so, with what was last known', async () => {
    if (host.kind === 'browser') {
      // The desktop starts another engine at once; here a person has the time to read it.
      await expect(wizard.execute.heading).toHaveText(/^Engine lost at .*\. Reconnecting$/);
      await expect(page.locator('main .note[role=alert]')).toContainText('The engine does not answer');
      await expect(page.locator('main .lead')).toContainText('last known');
      expect(await wizard.execute.done('subtasks')).toBeGreaterThanOrEqual(before);
      await expect(wizard.primary).toBeDisabled();
    }
    await host.reviveEngine();
  });

  const found = await test.step('it reconnects, shows what was committed, and does not resume', async () => {
    await expect(wizard.execute.heading).toHaveText(/^Interrupted in step \d of 4, subtasks$/);
    const committed = await wizard.execute.done('subtasks');
    const mapped = contentOf(join(bundle, 'generic.db')).generic_tasks!.rows;
    expect(committed).toBeGreaterThan(0);
    expect(mapped).toBeGreaterThan(0);
    await page.reload();
    await expect(wizard.execute.heading).toHaveText(/^Interrupted in step \d of 4, subtasks$/);
    expect(contentOf(join(bundle, 'generic.db')).generic_tasks!.rows).toBe(mapped);
    return committed;
  });
  expect(found).toBeGreaterThanOrEqual(before);

  await test.step('resumed by the button, it arrives where an undisturbed run does', async () => {
    await wizard.next(/^Resume at /);
    await wizard.execute.finished();
    await cli.run('init', 'task-orchestrator', undisturbed, '--tasks', String(tasks), '--seed', '3', '--dirty');
    expect((await cli.run('run', undisturbed, '--yes')).code).toBe(3);
    expect(contentOf(join(bundle, 'generic.db'))).toEqual(contentOf(join(undisturbed, 'generic.db')));
  });
});
