import type { Wizard } from './wizard.ts';

export type Theme = 'System' | 'Light' | 'Dark';

export class SettingsPage {
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  async theme(theme: Theme): Promise<void> {
    await this.#wizard.main.getByRole('radiogroup', { name: 'Theme' }).getByText(theme, { exact: true }).click();
  }

  async numbers(format: string): Promise<void> {
    await this.#wizard.main.getByLabel('Number format').selectOption(format);
  }

  async timeZone(zone: 'local' | 'utc'): Promise<void> {
    await this.#wizard.main.getByLabel('Time zone').selectOption(zone);
  }
}
