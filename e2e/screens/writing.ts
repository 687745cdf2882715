import { join } from 'node:path';
import { expect } from '@playwright/test';
import { firstSubtask, hold } from '../support/hold.ts';
import type { Walk } from './walk.ts';

/** From the first write to the outcome, with a pause, a question and a lost engine on the way. */
export async function writing(walk: Walk): Promise<void> {
  const { wizard, show, host, work } = walk;
  const { page, dialog } = wizard;
  const target = join(work, 'task-orchestrator', 'generic.db');
  await wizard.execute.start();
  // Looking at a screen takes longer than the step: the target is held meanwhile.
  const first = await hold(target, firstSubtask);
  await wizard.execute.underWay('subtasks');
  await show('06-execute-running');
  await host.killEngine();
  first.release();
  await expect(wizard.execute.heading).toHaveText(/^Engine lost/);
  await show('06-execute-engine-lost');
  await host.reviveEngine();
  await expect(wizard.execute.heading).toHaveText(/^Interrupted/);
  await show('06-execute-interrupted');
  await wizard.go('Home');
  await wizard.answers('One run is waiting to be resumed');
  await show('00-home');
  await wizard.next('Go to the interrupted run');
  await wizard.next(/^Resume at/);
  await expect(wizard.execute.heading).toHaveText(/^Running/);
  // Held for a moment only: a run that is resumed waits less long for another program than one at work.
  const second = await hold(target);
  await page.keyboard.press('p');
  second.release();
  await expect(wizard.execute.heading).toHaveText(/^(Paused|The engine is back)/);
  await show('06-execute-paused');
  await page.keyboard.press('p');
  await expect(wizard.execute.heading).toHaveText(/^Running/);
  await page.keyboard.press('Control+.');
  await expect(dialog).toBeVisible();
  await show('06-execute-cancel');
  await page.keyboard.press('Escape');
  await wizard.execute.finished();
  await show('06-execute-done');
}

/** Validation, outcome, report, quarantine. */
export async function afterWriting({ wizard, show }: Walk): Promise<void> {
  const { page, dialog, main } = wizard;
  await wizard.next('Go to validation');
  await wizard.answers(/^Yes/);
  await show('07-validate-counts');
  await wizard.tab(/^Issues/);
  await show('07-validate-issues');
  await wizard.next('Go to the outcome');
  await wizard.answers(/^Completed/);
  await show('08-finish-quarantine');
  await page.getByRole('button', { name: 'Clean up…' }).click();
  await dialog.getByLabel(/Delete the rollback point/).check();
  await show('08-finish-cleanup');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Export…' }).click();
  await expect(page.frameLocator('iframe').locator('h1')).toBeVisible();
  await show('11-report');
  for (const kind of ['JSON', 'Markdown'] as const) {
    await main.getByRole('radiogroup', { name: 'Format' }).getByText(kind).click();
    await expect(main.locator('pre')).toBeVisible();
    await show(`11-report-${kind.toLowerCase()}`);
  }
  await wizard.go('Quarantine');
  await wizard.quarantine.choose(/no entry|Unknown value/);
  await wizard.quarantine.test(null, (text) => text.replace(/\s*\}\s*$/, ', BLOCKED = "created" }'));
  await show('10-quarantine');
  await page.getByRole('button', { name: 'Waive this record…' }).click();
  await expect(dialog).toBeVisible();
  await show('10-quarantine-waive');
  await page.keyboard.press('Escape');
  await wizard.next(/^Replay/);
  await expect(main.getByRole('status').filter({ hasText: /replayed/ })).toBeVisible();
  await show('10-quarantine-replayed');
}

/** The way back, and what is beside the way. */
export async function wayBack({ wizard, show, cli }: Walk): Promise<void> {
  const { page, dialog, main } = wizard;
  const runId = wizard.runId;
  await wizard.go('Rollback');
  await wizard.answers(/^Brings back the state/);
  await show('09-rollback-preview');
  await wizard.rollback.confirm('generic.db', 'generic');
  await show('09-rollback-done');
  await page.getByRole('link', { name: 'Back to the outcome' }).click();
  await wizard.answers(/./);
  await show('08-finish-rolled-back');
  await wizard.go('Run history');
  await expect(main.locator('tbody tr')).not.toHaveCount(0);
  await show('11-history');
  const { json } = await cli.run('status');
  const other = (json.runs as { runId: string }[]).find((run) => run.runId !== runId)!.runId;
  await page.getByRole('button', { name: 'Delete run and its journal…' }).click();
  await expect(dialog).toBeVisible();
  await show('11-history-delete');
  await page.keyboard.press('Escape');
  await wizard.history.compare(runId, other);
  await show('11-history-compare');
  await wizard.go('Settings');
  await wizard.answers('Settings');
  await show('12-settings');
  await page.keyboard.press('?');
  await show('12-keyboard');
  await page.keyboard.press('Control+k');
  await expect(dialog).toBeVisible();
  await show('12-go-to');
  await page.keyboard.press('Escape');
  await wizard.go('Home');
  await wizard.answers(/^No run is open/);
  await show('00-home-no-run');
}
