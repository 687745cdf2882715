import { expect, type Locator, type Page } from '@playwright/test';
import type { Host } from '../hosts/host.ts';
import { ConnectionsPage } from './connections-page.ts';
import { ExecutePage } from './execute-page.ts';
import { HistoryPage } from './history-page.ts';
import { HomePage } from './home-page.ts';
import { QuarantinePage } from './quarantine-page.ts';
import { RollbackPage } from './rollback-page.ts';
import { SettingsPage } from './settings-page.ts';

export type Phase = 'Profile' | 'Connections' | 'Plan' | 'Backup' | 'Dry run' | 'Execute' | 'Validate' | 'Finish';

/** What every screen has: a question, an answer, one primary button, the rail. The screens with a life of their own follow. */
export class Wizard {
  readonly host: Host;
  readonly home = new HomePage(this);
  readonly connections = new ConnectionsPage(this);
  readonly execute = new ExecutePage(this);
  readonly rollback = new RollbackPage(this);
  readonly quarantine = new QuarantinePage(this);
  readonly history = new HistoryPage(this);
  readonly settings = new SettingsPage(this);

  constructor(host: Host) {
    this.host = host;
  }

  get page(): Page {
    return this.host.page;
  }

  get main(): Locator {
    return this.page.locator('main');
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get rail(): Locator {
    return this.page.getByRole('navigation', { name: 'Migration' });
  }

  /** The one primary button of the screen, or of the dialog before it. */
  get primary(): Locator {
    return this.page.locator('footer [data-primary]');
  }

  /** Waits until the screen answers its question with this. */
  async answers(title: string | RegExp, timeout?: number): Promise<void> {
    await expect(this.page.locator('main h1')).toHaveText(title, timeout === undefined ? {} : { timeout });
  }

  async asks(question: string): Promise<void> {
    await expect(this.page.locator('main .q')).toHaveText(question);
  }

  /** Presses the primary button, which must bear this label and be open. */
  async next(label: string | RegExp): Promise<void> {
    const button = this.primary.filter({ hasText: label });
    await expect(button).toBeEnabled();
    await button.click();
  }

  async tab(name: string | RegExp): Promise<void> {
    const tab = this.page.getByRole('tab', { name });
    await tab.click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
  }

  /** Goes to a place of the rail. */
  async go(place: Phase | 'Home' | 'Quarantine' | 'Rollback' | 'Run history' | 'Settings'): Promise<void> {
    await this.rail.locator(`a[title="${place}"]`).click();
  }

  /** The run that the address names. */
  get runId(): string {
    const found = /#\/run\/([^/]+)/.exec(this.page.url())?.[1];
    if (!found) throw new Error(`No run in ${this.page.url()}`);
    return found;
  }

  /** Waits for an address of a run and returns its id. */
  async run(): Promise<string> {
    await this.page.waitForURL(/#\/run\//);
    return this.runId;
  }

  /** From an opened bundle to an analysed plan. */
  async analyse(): Promise<string> {
    await this.next('Check the connections');
    await this.answers('Yes. All 2 endpoints are ready');
    await this.next('Analyse the plan');
    const run = await this.run();
    await expect(this.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 60_000 });
    return run;
  }

  /** From an analysed plan to the question before execution. */
  async prepare(): Promise<void> {
    await this.next('Accept plan and back up');
    await this.next('Start the dry run');
    await expect(this.primary.filter({ hasText: /^Execute 4 steps…/ })).toBeEnabled({ timeout: 60_000 });
    await this.next(/^Execute 4 steps…/);
    await this.asks('May it start?');
  }
}
