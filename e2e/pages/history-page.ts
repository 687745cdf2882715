import { expect, type Locator } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class HistoryPage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  row(runId: string): Locator {
    return this.#wizard.main.locator('tbody tr', { has: this.#wizard.page.getByText(runId, { exact: true }) }).first();
  }

  async compare(left: string, right: string): Promise<void> {
    const { main, page } = this.#wizard;
    for (const run of [left, right]) await main.getByLabel(`Compare ${run}`).check();
    await page.getByRole('button', { name: 'Compare 2 runs' }).click();
    await expect(main.locator('h1')).toHaveText(/ of \d+ properties differ/);
  }

  async remove(runId: string): Promise<void> {
    const { dialog, page } = this.#wizard;
    await this.row(runId).click();
    await page.getByRole('button', { name: 'Delete run and its journal…' }).click();
    await expect(dialog).toContainText(runId);
    await dialog.getByRole('button', { name: 'Delete run and its journal' }).click();
  }
}
