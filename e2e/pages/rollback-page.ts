import { expect } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class RollbackPage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  /** Types what the consent asks for and starts; waits for the proof. */
  async confirm(target: string, name: string): Promise<void> {
    const { page, primary } = this.#wizard;
    const button = primary.filter({ hasText: `Roll back ${target}` });
    await expect(button).toBeDisabled();
    await page.getByLabel(`Type ${name} to confirm the rollback`).fill(name);
    // A validation that follows the execution may still be at work.
    await expect(button).toBeEnabled();
    await button.click();
    await expect(this.#wizard.main.locator('h1')).toHaveText(/^Yes\. /, { timeout: 180_000 });
  }
}
