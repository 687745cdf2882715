import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentOf, sha256 } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';

/** Large enough that a person, or a test, can press P before it ends. */
const tasks = 4000;

test('a first start leads through the sample to its end, and back', async ({ wizard, host, cli, folder }) => {
  test.setTimeout(400_000);
  const { page, main } = wizard;
  const bundle = join(folder, 'work', 'sample');
  const legacy = join(bundle, 'legacy.db');
  const target = join(bundle, 'generic.db');

  await test.step('first start: the sample is copied by the dialog', async () => {
    await wizard.answers('Open a bundle, or make a sample to try');
    await wizard.home.copySample({ dir: bundle, tasks, seed: 7 });
  });
  const before = await sha256(legacy);
  expect(before).not.toBeNull();

  await test.step('profile: what it does, in plain words and as written', async () => {
    await expect(main.getByText('Profile is valid')).toBeVisible();
    await page.getByRole('button', { name: 'Show profile.toml' }).click();
    await expect(wizard.dialog).toContainText('[steps.subtasks.into.task_artifacts]');
    await page.keyboard.press('Escape');
    await expect(wizard.dialog).toHaveCount(0);
  });

  await test.step('connections: another legacy file, and back to the one of the profile', async () => {
    await wizard.next('Check the connections');
    await wizard.answers('Yes. All 2 endpoints are ready');
    const other = join(folder, 'work', 'other.db');
    await wizard.connections.point('legacy', join(folder, 'work', 'missing.db'));
    await wizard.answers('Not yet. 1 of 2 endpoints is not ready');
    await expect(wizard.primary).toBeDisabled();
    await copyFile(legacy, other);
    await wizard.connections.point('legacy', other);
    await wizard.answers('Yes. All 2 endpoints are ready');
    await wizard.connections.backToProfile();
    await expect(main.getByLabel('File', { exact: true })).toHaveValue('legacy.db');
    await page.getByRole('button', { name: 'Test all again' }).click();
    await wizard.answers('Yes. All 2 endpoints are ready');
  });

  const runId = await test.step('plan: all views, then accepted', async () => {
    await wizard.next('Analyse the plan');
    const run = await wizard.run();
    await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 60_000 });
    for (const view of [/^Graph/, /^Forecast/, /^Type mapping/, /^What becomes of what/, /^Steps/])
      await wizard.tab(view);
    await wizard.next('Accept plan and back up');
    return run;
  });
  expect(await sha256(legacy)).toBe(before);
  expect(await sha256(target)).toBeNull();

  await test.step('backup: verified, since there is nothing yet to save', async () => {
    await wizard.asks('Can the old state be brought back?');
    await wizard.next('Start the dry run');
  });

  const forecast = await test.step('dry run: all views, and nothing is written', async () => {
    await wizard.answers(
      /^[\d,]+ of [\d,]+ records would be accepted; [\d,]+ records?( and [\d,]+ rows? of written records)? would be set aside$/,
    );
    const found = /^([\d,]+) of ([\d,]+) .*; ([\d,]+)/.exec(await main.locator('h1').innerText())!;
    for (const view of [/^Before and after/, /^Would be set aside/, /^Schema/, /^Counts/]) await wizard.tab(view);
    expect(await sha256(target)).toBeNull();
    expect(await sha256(legacy)).toBe(before);
    await wizard.next(/^Execute 4 steps…/);
    return { accepted: figure(found[1]!), read: figure(found[2]!) };
  });

  await test.step('execute: paused by P, resumed by P, then to its end', async () => {
    await wizard.asks('May it start?');
    await wizard.execute.start();
    await wizard.execute.underWay('subtasks');
    await page.keyboard.press('p');
    await expect(wizard.execute.heading).toHaveText(/^Paused in step \d of 4/);
    const paused = await wizard.execute.done('subtasks');
    expect(paused).toBeGreaterThan(0);
    await page.reload();
    await expect(wizard.execute.heading).toHaveText(/^Paused in step \d of 4/);
    expect(await wizard.execute.done('subtasks')).toBe(paused);
    await page.keyboard.press('p');
    expect(await wizard.execute.finished()).toBe(forecast.accepted);
  });

  await test.step('validate: every account balances', async () => {
    await wizard.next('Go to validation');
    await wizard.answers(/^Yes\. All accounts balance and \d+ tables agree/);
    await wizard.tab('Counts and checksums');
    await wizard.next('Go to the outcome');
  });

  await test.step('finish: the figures are those of the report and of the file', async () => {
    await wizard.answers(/^Completed, with \d+ records/);
    const { accounts, outcome } = await cli.report(runId);
    expect(outcome).toMatchObject({ outcome: 'completed_with_quarantine', exitCode: 3 });
    await expect(main.locator('h1')).toHaveText(outcome.title);
    const { read, accepted, setAside, balanced } = accounts.total;
    expect(balanced).toBe(true);
    expect(read).toBe(accepted + setAside);
    for (const value of [read, accepted, setAside]) await expect(main).toContainText(value.toLocaleString('en-US'));
    const content = contentOf(target);
    expect(content.generic_tasks!.rows).toBe(content.legacy_task_mapping!.rows);
    expect(await sha256(legacy)).toBe(before);
  });

  await test.step('report: read in the wizard, saved beside its hash', async () => {
    await page.getByRole('link', { name: 'Export…' }).click();
    await expect(page.frameLocator('iframe').locator('h1')).toBeVisible();
    await host.choosePath(join(folder, 'work'), () => wizard.next('Save report…'));
    const saved = main.getByText(/^Saved: /);
    await expect(saved).toBeVisible();
    const file = (await saved.innerText()).replace('Saved: ', '');
    expect(await sha256(file)).not.toBeNull();
    await page.getByRole('link', { name: 'Back to the outcome' }).click();
  });

  await test.step('quarantine: a rule is changed, tried and replayed', async () => {
    await wizard.next('Look at what is set aside');
    const written = contentOf(target).generic_tasks!.rows;
    const of = await wizard.quarantine.choose(/no entry|Unknown value/);
    const tested = await wizard.quarantine.test(null, (text) => text.replace(/\s*\}\s*$/, ', BLOCKED = "created" }'));
    expect(tested).toMatch(/^\d+ pass, \d+ stay$/);
    const [pass = 0, stay = 0] = (tested.match(/\d+/g) ?? []).map(Number);
    expect(pass + stay).toBe(of);
    expect(pass).toBeGreaterThan(0);
    expect(contentOf(target).generic_tasks!.rows).toBe(written);
    await wizard.next(/^Replay \d+ record/);
    await expect(main.getByRole('status').filter({ hasText: /replayed; \d+ stay here/ })).toBeVisible();
    expect(contentOf(target).generic_tasks!.rows).toBe(written + pass);
  });

  await test.step('rollback: previewed, confirmed by the name of the target, proven', async () => {
    await wizard.go('Rollback');
    await wizard.answers(/^Brings back the state of the rollback point\. Deletes [\d,]+ rows/);
    expect(await sha256(target)).not.toBeNull();
    await wizard.rollback.confirm('generic.db', 'generic');
    expect(await sha256(target)).toBeNull();
    expect(await sha256(legacy)).toBe(before);
    expect((await cli.report(runId)).outcome).toMatchObject({ outcome: 'rolled_back' });
  });

  await test.step('history: compared with its replay, which belongs to it', async () => {
    await wizard.go('Run history');
    const { json } = await cli.run('status');
    const replay = (json.runs as { runId: string }[]).find((run) => run.runId !== runId)!.runId;
    await wizard.history.compare(runId, replay);
    await page.getByRole('link', { name: 'All runs' }).click();
    await wizard.history.remove(replay);
    await expect(wizard.dialog.getByRole('alert')).toContainText('is a replay');
    await wizard.dialog.getByRole('button', { name: 'Keep the run' }).click();
    await expect(wizard.history.row(runId)).toBeVisible();
  });

  await test.step('settings: theme and numbers change at once and stay', async () => {
    await wizard.go('Settings');
    await wizard.settings.theme('Dark');
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await wizard.settings.numbers('1.234.567,8');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await wizard.go('Run history');
    await expect(wizard.history.row(runId)).toContainText(forecast.read.toLocaleString('de-DE'));
  });

  await test.step('cleaned up and deleted, the run takes its replay along', async () => {
    await wizard.history.row(runId).click();
    await wizard.next('Open report');
    await page.getByRole('link', { name: 'Open the run' }).click();
    await page.getByRole('button', { name: 'Clean up…' }).click();
    await wizard.dialog.getByRole('button', { name: /^Clean up/ }).click();
    await expect(main.getByText(/^Done /)).toBeVisible();
    await wizard.go('Run history');
    await wizard.history.remove(runId);
    await wizard.answers('No run yet');
  });
});

function figure(text: string): number {
  return Number(text.replaceAll(',', ''));
}
