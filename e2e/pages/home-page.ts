import { basename } from 'node:path';
import { expect } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export type Sample = { readonly dir: string; readonly tasks: number; readonly seed?: number; readonly dirty?: boolean };

export class HomePage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  /** Copies the sample with its legacy data by the dialog and opens it. */
  async copySample({ dir, tasks, seed = 1, dirty = true }: Sample): Promise<void> {
    const { page, dialog } = this.#wizard;
    await page.getByRole('button', { name: /task-orchestrator.*Copy to/ }).click();
    const folder = dialog.getByLabel('Folder');
    // The folder that it suggests comes from the engine; what is typed takes its place.
    await expect(folder).toHaveValue(/task-orchestrator$/);
    await folder.fill(dir);
    await dialog.getByLabel('Legacy tasks').fill(String(tasks));
    await dialog.getByLabel('Seed').fill(String(seed));
    await dialog.getByLabel('With the faults that real files have').setChecked(dirty);
    await dialog.getByRole('button', { name: 'Write the sample' }).click();
    await expect(dialog).toContainText('task-orchestrator is written', { timeout: 60_000 });
    await expect(dialog).toContainText(basename(dir));
    await dialog.getByRole('button', { name: 'Open the bundle' }).click();
    await this.#wizard.answers('Task orchestrator: to the generic task model');
  }

  /** Opens a bundle by the host's dialog. */
  async open(path: string): Promise<void> {
    // A key that is pressed before the page is there goes nowhere.
    await this.#wizard.answers(/./);
    await this.#wizard.host.choosePath(path, () => this.#wizard.page.keyboard.press('Control+o'));
  }
}
