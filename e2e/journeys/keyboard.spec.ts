import { join } from 'node:path';
import { sha256 } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';

test('the whole journey by keyboard only', async ({ wizard, cli, folder }) => {
  test.setTimeout(400_000);
  const { page, main, dialog } = wizard;
  const { keyboard } = page;
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await keyboard.press(key);
  };
  /** Presses the primary button as soon as it bears this label and is open. */
  const next = async (label: string | RegExp) => {
    await expect(wizard.primary.filter({ hasText: label })).toBeEnabled({ timeout: 60_000 });
    await press('Control+Enter');
  };

  await test.step('a sample is copied: Tab to it, Enter, and a dialog that Esc closes', async () => {
    await wizard.answers(/^Open a bundle, or make a sample/);
    const sample = page.getByRole('button', { name: /task-orchestrator.*Copy to/ });
    for (let at = 0; at < 40 && !(await sample.evaluate((one) => one === document.activeElement)); at += 1)
      await press('Tab');
    await expect(sample).toBeFocused();
    await press('Enter');
    await expect(dialog.getByLabel('Folder')).toBeFocused();
    await press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(sample).toBeFocused();
    await press('Enter');
    await expect(dialog.getByLabel('Folder')).toHaveValue(/task-orchestrator$/);
    await press('Control+a');
    await keyboard.type(join(folder, 'work', 'typed'));
    // Enough to do that a person has time to pause.
    const tasks = dialog.getByLabel('Legacy tasks');
    for (let at = 0; at < 6 && !(await tasks.evaluate((one) => one === document.activeElement)); at += 1)
      await press('Tab');
    await expect(tasks).toBeFocused();
    await press('Control+a');
    await keyboard.type('4000');
    await press('Control+Enter');
    await expect(dialog).toContainText('is written');
    await press('Enter');
    await wizard.answers('Task orchestrator: to the generic task model');
  });

  await test.step('connections: arrows along the list, Ctrl Enter onwards', async () => {
    await next('Check the connections');
    await wizard.answers('Yes. All 2 endpoints are ready');
    await main.focus();
    const second = main.getByRole('link', { name: /generic/ });
    const first = main.getByRole('link', { name: /legacy/ });
    await press('Tab');
    await expect(first).toBeFocused();
    await press('ArrowDown');
    await expect(second).toBeFocused();
    await press('Enter');
    await expect(second).toHaveAttribute('aria-current', 'true');
    await next('Analyse the plan');
  });

  await test.step('plan: tabs by arrows; Ctrl Enter accepts', async () => {
    await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 60_000 });
    const steps = page.getByRole('tab', { name: /^Steps/ });
    for (let at = 0; at < 40 && !(await steps.evaluate((one) => one === document.activeElement)); at += 1)
      await press('Tab');
    await press('ArrowRight');
    await expect(page.getByRole('tab', { name: /^Graph/ })).toHaveAttribute('aria-selected', 'true');
    await press('ArrowRight', 'ArrowRight', 'ArrowRight');
    await expect(page.getByRole('tab', { name: /^What becomes of what/ })).toHaveAttribute('aria-selected', 'true');
    await press('Control+Enter');
  });

  await test.step('backup, dry run, execute with P', async () => {
    await next('Start the dry run');
    await next(/^Execute 4 steps…/);
    await wizard.asks('May it start?');
    await next(/^Execute 4 steps/);
    await wizard.execute.underWay('subtasks');
    await press('p');
    await expect(wizard.execute.heading).toHaveText(/^Paused/);
    await press('p');
    await wizard.execute.finished();
  });

  const runId = wizard.runId;
  await test.step('phases by Alt and a digit, places by Ctrl K, regions by F6, the map by ?', async () => {
    await press('Alt+7');
    await wizard.asks('Did everything arrive as it should?');
    await press('Alt+3');
    await wizard.answers(/^4 steps/);
    await press('Control+k');
    await keyboard.type('settings');
    await press('Enter');
    await wizard.answers('Settings');
    await press('?');
    await expect(main).toContainText('Alt');
    await press('F6');
    const region = () =>
      page.evaluate(() => document.activeElement?.closest('.head, .rail, main, .foot')?.className ?? '');
    const firstRegion = await region();
    await press('F6');
    expect(await region()).not.toBe(firstRegion);
    await press('Control+Shift+l');
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  });

  await test.step('rolled back by typing the target', async () => {
    await press('Control+k');
    await keyboard.type('rollback');
    await press('Enter');
    await wizard.answers(/^Brings back the state/);
    await press('Control+Enter');
    await wizard.answers(/^Brings back the state/);
    const field = page.getByLabel(/^Type \S+ to confirm the rollback$/);
    for (let at = 0; at < 60 && !(await field.evaluate((one) => one === document.activeElement)); at += 1)
      await press('Tab');
    await expect(field).toBeFocused();
    await keyboard.type('generic');
    await expect(wizard.primary).toBeEnabled();
    await press('Control+Enter');
    await wizard.answers(/^Yes\. /, 180_000);
    expect(await sha256(join(folder, 'work', 'typed', 'generic.db'))).toBeNull();
    expect((await cli.report(runId)).outcome.outcome).toBe('rolled_back');
  });
});
