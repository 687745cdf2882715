import { expect, type Locator } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class ExecutePage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  get heading(): Locator {
    return this.#wizard.page.locator('main h1');
  }

  /** Answers the question before the first write. */
  async start(): Promise<void> {
    await this.#wizard.next(/^Execute 4 steps/);
  }

  /** Waits until more rows of a step are committed than these, and the step is not at its end; gives how many it were then. */
  async underWay(step: string, committed = 0): Promise<number> {
    // Looked at in the page: on a busy machine the step can begin and end between two questions from here.
    const seen = await this.#wizard.page.waitForFunction(
      ({ step: name, committed: least }) => {
        const heading = document.querySelector('main h1')?.textContent ?? '';
        if (!heading.startsWith('Running step') || !heading.endsWith(name)) return 0;
        const row = [...document.querySelectorAll('main tbody tr')].find((one) => one.textContent?.includes(name));
        const done = Number(row?.querySelectorAll('td')[3]?.textContent?.replaceAll(',', '') ?? 0);
        return done > least ? done : 0;
      },
      { step, committed },
      { timeout: 120_000, polling: 30 },
    );
    return seen.jsonValue();
  }

  /** Committed or set aside, as the table of steps says. */
  async done(step: string): Promise<number> {
    const row = this.#wizard.main.locator('tbody tr', { hasText: step });
    const text = await row.locator('td').nth(3).innerText();
    return Number(text.replaceAll(',', ''));
  }

  /** Waits for the end of execution and returns what its heading says is accepted. */
  async finished(): Promise<number> {
    await expect(this.heading).toHaveText(/^Done\. [\d,]+ records are accepted/, { timeout: 120_000 });
    const text = await this.heading.innerText();
    return Number(/^Done\. ([\d,]+)/.exec(text)![1]!.replaceAll(',', ''));
  }
}
