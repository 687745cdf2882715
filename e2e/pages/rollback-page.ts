import { expect } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class RollbackPage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  /** Types the target into the consent and starts; waits for the proof. */
  async confirm(target: string): Promise<void> {
    const { page, primary } = this.#wizard;
    const button = primary.filter({ hasText: `Roll back ${target}` });
    await expect(button).toBeDisabled();
    await page.getByLabel(`Type ${target} to confirm the rollback`).fill(target);
    await button.click();
    await this.#wizard.answers(/^Yes\. /);
  }
}
