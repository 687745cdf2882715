import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';

test('leaving, reloading and closing the window lose nothing', async ({ wizard, host, cli, folder }) => {
  test.setTimeout(400_000);
  const bundle = join(folder, 'work', 'sample');
  await wizard.home.copySample({ dir: bundle, tasks: 4000 });
  const runId = await wizard.analyse();

  await test.step('a plan that waits is found again from Home', async () => {
    const title = await wizard.main.locator('h1').innerText();
    await wizard.go('Home');
    await wizard.answers('One run is open');
    await wizard.next('Go on with the run');
    await wizard.answers(title);
    await wizard.page.reload();
    await wizard.answers(title);
  });

  await wizard.prepare();
  await wizard.execute.start();
  await wizard.execute.underWay('subtasks');

  await test.step('another screen and back: the run went on', async () => {
    const before = await wizard.execute.done('subtasks');
    await wizard.go('Settings');
    await wizard.answers('Settings');
    await wizard.page.goBack();
    await expect(wizard.execute.heading).toHaveText(/^(Running step|Done)/);
    if (/^Running/.test(await wizard.execute.heading.innerText())) {
      expect(await wizard.execute.done('subtasks')).toBeGreaterThanOrEqual(before);
    }
  });

  await test.step('the window closes during the run, the engine goes on, the window comes back with its true state', async () => {
    await host.closeWindow();
    await host.reopenWindow();
    await wizard.page.goto(`${wizard.page.url().replace(/#.*/, '')}#/run/${runId}/execute`);
    const accepted = await wizard.execute.finished();
    const { accounts } = await cli.report(runId);
    expect(accounts.total.accepted).toBe(accepted);
    expect(accounts.total.balanced).toBe(true);
  });
});
