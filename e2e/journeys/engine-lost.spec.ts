import { join } from 'node:path';
import { contentOf } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';
import { firstSubtask, hold } from '../support/hold.ts';
import { edit, open, sample, smallChunks } from '../support/samples.ts';

const tasks = 3000;

test('the engine is killed while it writes: said, reconnected, resumed by a person', async ({
  wizard,
  host,
  cli,
  folder,
}) => {
  test.setTimeout(400_000);
  const { page } = wizard;
  const place = { cli, work: join(folder, 'work'), tasks };
  const bundle = await sample(place, 'killed', ['--dirty']);
  await edit(bundle, [smallChunks]);
  await open(wizard, bundle);
  await wizard.analyse();
  await wizard.prepare();
  await wizard.execute.start();
  // Held in the step, so that the kill finds it at work also when the window lags behind.
  const held = await hold(join(bundle, 'generic.db'), firstSubtask);
  const before = await wizard.execute.underWay('subtasks');
  await test.step('the kill', () => host.killEngine());
  held.release();

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
    const undisturbed = await sample(place, 'undisturbed', ['--dirty']);
    expect((await cli.run('run', undisturbed, '--yes')).code).toBe(3);
    expect(contentOf(join(bundle, 'generic.db'))).toEqual(contentOf(join(undisturbed, 'generic.db')));
  });
});
