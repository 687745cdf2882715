import { expect } from '@playwright/test';
import type { Wizard } from './wizard.ts';

export class ConnectionsPage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  async choose(name: string): Promise<void> {
    await this.#wizard.main.getByRole('link', { name: new RegExp(`\\b${name}\\b`) }).click();
  }

  /** Points a file connection at another path; it is tested at once. */
  async point(name: string, path: string): Promise<void> {
    await this.choose(name);
    const field = this.#wizard.main.getByLabel('File', { exact: true });
    await field.fill(path);
    await field.press('Enter');
  }

  /** Pastes the address of a server, which is taken apart into its fields and tested. */
  async paste(address: string): Promise<void> {
    const field = this.#wizard.main.getByLabel('Or paste an address');
    await field.fill(address);
    await field.press('Enter');
    await expect(field).toHaveValue('');
  }

  async backToProfile(): Promise<void> {
    await this.#wizard.page.getByRole('button', { name: 'Back to the profile' }).click();
  }
}
