import { expect, type Locator } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class QuarantinePage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  get reasons(): Locator {
    return this.#wizard.main.getByRole('group', { name: 'Reasons' }).getByRole('button');
  }

  /** Shows the records of a reason and returns how many there are. */
  async choose(reason: string | RegExp): Promise<number> {
    const button = this.reasons.filter({ hasText: reason });
    await button.click();
    await expect(button).toHaveAttribute('aria-current', 'true');
    return Number((await button.locator('.num').innerText()).replaceAll(',', ''));
  }

  /** Puts another text in the place of a rule and tries it; returns what the test says, `5 pass, 0 stay`. */
  async test(rule: string | null, change: (text: string) => string): Promise<string> {
    const { main } = this.#wizard;
    if (rule) await main.getByLabel('Rule to change').selectOption(rule);
    const text = main.getByLabel(/^Rule in (CEL|TOML)$/);
    await text.fill(change(await text.inputValue()));
    await main.getByRole('button', { name: /^Test on/ }).click();
    const result = main.getByRole('status').filter({ hasText: /\d+ pass, \d+ stay|:/ });
    await expect(result).toBeVisible();
    return result.innerText();
  }
}
