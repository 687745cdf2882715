import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';

test('leaving, reloading and closing the window lose nothing', async ({ wizard, host, folder }) => {
  test.setTimeout(240_000);
  const bundle = join(folder, 'work', 'sample');
  await wizard.home.copySample({ dir: bundle, tasks: 4000 });
  await wizard.analyse();

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
  const before = await wizard.execute.done('subtasks');

  await test.step('another screen and back: the run went on', async () => {
    await wizard.go('Settings');
    await wizard.answers('Settings');
    await wizard.page.goBack();
    await expect(wizard.execute.heading).toHaveText(/^(Running step|Done)/);
  });

  await test.step('the window closes, the engine goes on, the window comes back with its true state', async () => {
    await wizard.page.goForward();
    await host.closeWindow();
    await host.reopenWindow();
    const { page } = host;
    await expect(page.locator('main h1')).not.toHaveText('');
    await wizard.go('Home');
    if (await wizard.primary.filter({ hasText: 'Watch the run' }).isVisible()) await wizard.next('Watch the run');
    else await page.goto(page.url().replace(/#.*/, '#/history'));
  });
  expect(before).toBeGreaterThan(0);
});
