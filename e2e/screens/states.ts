import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import Database from 'better-sqlite3';
import { firstSubtask, hold } from '../support/hold.ts';
import { edit, open, sample, smallChunks } from '../support/samples.ts';
import type { Walk } from './walk.ts';

/** Seldom states, each brought about by what causes it in earnest: a foreign writer, a full disk, another run, changed data. */
export async function seldomStates(walk: Walk): Promise<void> {
  await mkdir(walk.work, { recursive: true });
  await undisturbed(walk);
  await irreversible(walk);
  // Last: it leaves the rollback points of this data folder on a disk that is gone afterwards.
  await stopped(walk);
}

/** A target that has rows of its own, a plan that is outdated, a clean migration, and its way back. */
async function undisturbed(walk: Walk): Promise<void> {
  const { wizard, show } = walk;
  const { main, page } = wizard;
  const bundle = await sample(walk, 'quiet');
  const target = join(bundle, 'generic.db');
  await edit(bundle, [smallChunks]);
  ownRows(target);
  await open(wizard, bundle);
  await wizard.analyse();
  await wizard.prepare();
  change(join(bundle, 'legacy.db'), "update subtasks set title = title || '.' where rowid = 1");
  await wizard.execute.start();
  await wizard.answers(/^Not with this plan/);
  await show('06-execute-refused-changed');
  await wizard.go('Plan');
  await wizard.answers('This plan no longer fits what is there');
  await show('03-plan-stale');
  await wizard.next(/again/);
  await wizard.next('Accept plan and back up');
  await expect(wizard.primary.filter({ hasText: 'Start the dry run' })).toBeEnabled();
  await show('04-backup-saved');
  await wizard.next('Start the dry run');
  await wizard.next(/^Execute 4 steps…/);
  await wizard.execute.start();
  const held = await hold(target, firstSubtask);
  await wizard.execute.underWay('subtasks');
  await wizard.next('Pause after this chunk');
  await expect(wizard.execute.heading).toHaveText(/^Pausing/);
  await show('06-execute-pausing');
  held.release();
  // The chunk in hand may be the last one.
  await expect(wizard.execute.heading).toHaveText(/^(Paused|The engine is back|Done)/);
  if (!/^Done/.test(await wizard.execute.heading.innerText())) await page.keyboard.press('p');
  await wizard.execute.finished();
  await wizard.next('Go to validation');
  await wizard.answers(/^Yes/);
  await wizard.next('Go to the outcome');
  await wizard.answers(/^Completed/);
  await show('08-finish-completed');
  await wizard.go('Quarantine');
  await wizard.answers(/^Nothing/);
  await show('10-quarantine-empty');
  change(target, "update generic_tasks set title = 'changed by hand' where rowid % 9000 = 5");
  await wizard.go('Validate');
  await page.getByRole('button', { name: 'Validate in full' }).click();
  await wizard.answers(/^Comparing/);
  await show('07-validate-running');
  await wizard.answers(/^No\./);
  await wizard.tab(/^Issues/);
  await show('07-validate-found');
  await wizard.go('Finish');
  await wizard.answers(/^Written, but/);
  await show('08-finish-validation-failed');
  await wizard.go('Rollback');
  await wizard.answers(/^Brings back/);
  await show('09-rollback-preview-saved');
  await page.getByLabel(/^Type .* to confirm the rollback/).fill('generic');
  await wizard.next(/^Roll back/);
  await expect(wizard.execute.heading).toHaveText(/^Rolling back step/);
  await show('09-rollback-running');
  await expect(main.locator('.q')).not.toHaveText('How far is the way back?', { timeout: 180_000 });
  await show('09-rollback-incomplete');
}

/** A full disk, another run in the target, and a limit of the policy that is reached. */
async function stopped(walk: Walk): Promise<void> {
  const { wizard, show, host, cli } = walk;
  const { page } = wizard;
  const shared = await sample(walk, 'shared', ['--dirty']);
  await open(wizard, shared);
  await wizard.analyse();
  await wizard.prepare();
  const second = await sample(walk, 'second', ['--dirty']);
  await edit(second, [['path = "generic.db"', `path = ${JSON.stringify(join(shared, 'generic.db'))}`]]);
  const other = cli.run('run', second, '--yes');
  await expect
    .poll(async () => (await cli.run('status')).json, { timeout: 180_000 })
    .toMatchObject({
      runs: expect.arrayContaining([expect.objectContaining({ phase: 'execute', condition: 'running' })]),
    });
  await wizard.execute.start();
  await wizard.answers(/is in use by another run$/);
  await show('06-execute-refused-locked');
  await other;

  const guarded = await sample(walk, 'guarded', ['--dirty']);
  await edit(guarded, [['quarantine = "0.5%"', 'quarantine = "0.15%"']]);
  await open(wizard, guarded);
  await wizard.analyse();
  const disk = SmallDisk.make(512);
  try {
    if (disk) {
      await wizard.go('Settings');
      await host.choosePath(disk.path, () => page.getByRole('button', { name: 'Choose…' }).click());
      await wizard.go('Plan');
      await wizard.next('Accept plan and back up');
      await wizard.answers(/^Not yet\. The backup folder has/);
      await show('04-backup-no-space');
      disk.grow(64);
      await wizard.next(/again/);
      await wizard.next('Start the backup');
    } else {
      await wizard.next('Accept plan and back up');
    }
    await wizard.next('Start the dry run');
    await wizard.next(/^Execute 4 steps…/);
    await wizard.execute.start();
    await expect(wizard.execute.heading).toHaveText(/It stops by itself/, { timeout: 180_000 });
    await show('06-execute-stops-soon');
    await expect(wizard.execute.heading).toHaveText(/^(Stopped by the policy|Failed)/, { timeout: 180_000 });
    await show('06-execute-stopped-by-policy');
    await wizard.go('Finish');
    await wizard.answers(/holds part of the new state/);
    await show('08-finish-failed');
  } finally {
    disk?.remove();
  }
}

/** Steps that cannot be undone, and a writer that does not let go. */
async function irreversible(walk: Walk): Promise<void> {
  const { wizard, show } = walk;
  const { page } = wizard;
  const bundle = await sample(walk, 'final', ['--dirty']);
  await edit(bundle, [
    ['undo = "delete_written"', 'undo = "none"'],
    ['attempts = 5', 'attempts = 2'],
    ['max_delay = "30s"', 'max_delay = "1s"'],
    smallChunks,
  ]);
  ownRows(join(bundle, 'generic.db'));
  await open(wizard, bundle);
  await wizard.next('Check the connections');
  await wizard.next('Analyse the plan');
  await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeDisabled({ timeout: 180_000 });
  await expect(page.getByRole('region', { name: 'Consent' })).toBeVisible();
  await show('03-plan-consent');
  for (const box of await page.getByLabel('I accept this').all()) await box.check();
  for (const field of await page.getByLabel(/^Type .* to confirm/).all()) {
    await field.fill(/type (.*)$/.exec((await field.getAttribute('placeholder')) ?? '')![1]!);
  }
  await show('03-plan-consent-given');
  await wizard.next('Accept plan and back up');
  await wizard.next('Start the dry run');
  await wizard.next(/^Execute 4 steps…/);
  await wizard.execute.start();
  const held = await hold(join(bundle, 'generic.db'), firstSubtask);
  await expect(wizard.execute.heading).toHaveText(/^Failed/, { timeout: 180_000 });
  await show('06-execute-failed');
  held.release();
}

/** A disk of its own with next to no room; null where this person may not mount one. */
class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static make(kilobytes: number): SmallDisk | null {
    const path = mkdtempSync(join(tmpdir(), 'overland-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0755`, 'tmpfs', path], { stdio: 'ignore' });
      return new SmallDisk(path);
    } catch {
      rmSync(path, { recursive: true });
      return null;
    }
  }

  grow(megabytes: number): void {
    execFileSync('mount', ['-o', `remount,size=${megabytes}m`, this.path]);
  }

  remove(): void {
    execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** A target that another part of the application already uses. */
function ownRows(path: string): void {
  change(
    path,
    `create table settings (name text primary key, value text not null);
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 4000)
     insert into settings select 'setting_' || i, hex(randomblob(400)) from n;`,
  );
}
