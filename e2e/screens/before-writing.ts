import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { edit, open, sample, smallChunks } from '../support/samples.ts';
import type { Walk } from './walk.ts';

/** From the first start to the question before the first write. Leaves the wizard at that question. */
export async function beforeWriting(walk: Walk): Promise<void> {
  const { wizard, show, work } = walk;
  const { page, dialog, main } = wizard;
  await wizard.answers('Open a bundle, or make a sample to try');
  await expect(main.getByText('No bundle was opened on this machine')).toBeVisible();
  await show('00-home-first-start');
  await page.getByRole('button', { name: /task-orchestrator.*Copy to/ }).click();
  await expect(dialog.getByLabel('Folder')).toHaveValue(/task-orchestrator$/);
  await show('00-home-sample');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await drag(walk);
  await problems(walk);
  const bundle = await sample(walk, '', ['--dirty']);
  // A foreign writer holds the target while its screens are looked at: the run must not give up meanwhile.
  await edit(bundle, [['attempts = 5', 'attempts = 100'], smallChunks]);
  await open(wizard, bundle);
  await show('01-profile');
  await page.getByRole('button', { name: 'Show profile.toml' }).click();
  await expect(dialog).toContainText('[steps.model]');
  await show('01-profile-source');
  await page.keyboard.press('Escape');
  await wizard.next('Check the connections');
  await wizard.answers('Yes. All 2 endpoints are ready');
  await show('02-connections-ready');
  await wizard.connections.point('legacy', join(work, 'moved', 'legacy.db'));
  await wizard.answers('Not yet. 1 of 2 endpoints is not ready');
  await show('02-connections-failing');
  await wizard.connections.backToProfile();
  await wizard.answers('Yes. All 2 endpoints are ready');
  await plan(walk);
  await dryRun(walk);
}

async function drag({ wizard, show }: Walk): Promise<void> {
  const { page } = wizard;
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['overland = 1'], 'profile.toml'));
    return transfer;
  });
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: files });
  await page.dispatchEvent('main', 'dragover', { dataTransfer: files });
  await show('00-home-drag');
  await page.dispatchEvent('main', 'dragleave', { dataTransfer: files });
}

async function problems({ wizard, show, work, cli }: Walk): Promise<void> {
  const folder = join(work, 'bad-bundle');
  await cli.run('init', 'task-orchestrator', folder, '--tasks', '20');
  await breakBundle(folder);
  await wizard.home.open(folder);
  await wizard.answers(/problems?/);
  await show('00-home-bundle-problems');
  await wizard.go('Home');
}

/** A profile with an unknown key, a step that needs one that is not there, and a file that is missing. */
export async function breakBundle(folder: string): Promise<void> {
  const path = join(folder, 'profile.toml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text
      .replace('needs = ["breakdowns"]', 'needs = ["breakdown"]')
      .replace('chunk = {', 'chunks = {')
      .replace('query = "sql/subtasks.sql"', 'query = "sql/subtask.sql"'),
  );
}

async function plan({ wizard, show, work }: Walk): Promise<void> {
  const { page, dialog, main } = wizard;
  await wizard.next('Analyse the plan');
  await expect(main.locator('h1')).toHaveText(/^(Analysing|Reading)|steps/);
  await show('03-plan-analysing');
  await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 180_000 });
  await show('03-plan-steps');
  await main.locator('tbody tr').nth(2).getByRole('button').first().click();
  await show('03-plan-step-open');
  for (const [view, name] of [
    [/^Graph/, 'graph'],
    [/^Forecast/, 'forecast'],
    [/^Type mapping/, 'types'],
    [/^What becomes of what/, 'fates'],
  ] as const) {
    await wizard.tab(view);
    await show(`03-plan-${name}`);
  }
  await page.getByRole('button', { name: 'Export plan...' }).click();
  await expect(dialog.locator('pre')).toBeVisible();
  await show('03-plan-export');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await mkdir(join(work, 'kept'), { recursive: true });
  await copyFile(join(work, 'task-orchestrator', 'legacy.db'), join(work, 'kept', 'legacy.db'));
}

async function dryRun({ wizard, show }: Walk): Promise<void> {
  await wizard.next('Accept plan and back up');
  await expect(wizard.primary.filter({ hasText: 'Start the dry run' })).toBeEnabled();
  await show('04-backup-verified');
  await wizard.next('Start the dry run');
  await wizard.answers(/^Rehearsing|would be accepted/);
  await show('05-dryrun-rehearsing');
  await expect(wizard.primary.filter({ hasText: /^Execute 4 steps…/ })).toBeEnabled({ timeout: 180_000 });
  for (const [view, name] of [
    [/^Counts/, 'counts'],
    [/^Before and after/, 'sample'],
    [/^Would be set aside/, 'rejects'],
    [/^Schema/, 'schema'],
  ] as const) {
    await wizard.tab(view);
    await show(`05-dryrun-${name}`);
  }
  await wizard.next(/^Execute 4 steps…/);
  await wizard.asks('May it start?');
  await expect(wizard.primary).toBeEnabled();
  await show('06-execute-ready');
}
