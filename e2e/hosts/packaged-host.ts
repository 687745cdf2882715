import { type Browser, chromium, type Page } from '@playwright/test';
import { sandboxFlags } from '../support/places.ts';
import { type Program, start } from '../support/processes.ts';
import type { Host, HostPlaces } from './host.ts';

/** The installed package with all its fuses: no debugger for Node gets in, only the one for pages. */
export class PackagedHost implements Host {
  readonly kind = 'desktop';
  readonly page: Page;
  readonly #program: Program;
  readonly #browser: Browser;

  private constructor(program: Program, browser: Browser, page: Page) {
    this.#program = program;
    this.#browser = browser;
    this.page = page;
  }

  static async open(executable: string, { home, account }: HostPlaces): Promise<PackagedHost> {
    const env = { ...process.env, OVERLAND_HOME: home, HOME: account, XDG_CONFIG_HOME: account, TZ: 'UTC' };
    const program = start(executable, [...sandboxFlags, '--remote-debugging-port=0'], env);
    const [, address] = await program.printed(/DevTools listening on (ws:\S+)/);
    const browser = await chromium.connectOverCDP(address!);
    const [context] = browser.contexts();
    const page = context!.pages()[0] ?? (await context!.waitForEvent('page'));
    return new PackagedHost(program, browser, page);
  }

  killEngine(): Promise<void> {
    return unreachable();
  }

  reviveEngine(): Promise<void> {
    return unreachable();
  }

  closeWindow(): Promise<void> {
    return unreachable();
  }

  reopenWindow(): Promise<void> {
    return unreachable();
  }

  choosePath(): Promise<void> {
    return unreachable();
  }

  async close(): Promise<void> {
    await this.#program.end();
    await this.#browser.close();
  }
}

function unreachable(): Promise<never> {
  return Promise.reject(new Error('The main process of the package lets nobody in.'));
}
