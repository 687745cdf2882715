import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { BrowserHost } from '../hosts/browser-host.ts';
import { DesktopHost } from '../hosts/desktop-host.ts';
import type { Host, HostKind } from '../hosts/host.ts';
import { Wizard } from '../pages/wizard.ts';
import { CommandLine } from './command-line.ts';

export type HostOptions = { hostKind: HostKind };

type Fixtures = {
  /** A folder of this test alone. */
  folder: string;
  host: Host;
  wizard: Wizard;
  /** The command line over the same data folder as the window. */
  cli: CommandLine;
};

/** Where an account keeps it, so that screens show it as a person would see it. */
function dataFolder(folder: string): string {
  return join(folder, 'account', '.local', 'share', 'overland');
}

/** One journey body over any host. */
export const test = base.extend<Fixtures & HostOptions>({
  hostKind: ['browser', { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'overland-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  host: async ({ hostKind, folder }, use, test) => {
    const account = join(folder, 'account');
    const places = { home: dataFolder(folder), account };
    await mkdir(places.account, { recursive: true });
    const host = hostKind === 'desktop' ? await DesktopHost.open(places) : await BrowserHost.open(places);
    await use(host);
    // What the person would have seen; Playwright makes pictures of its own pages only.
    if (test.status !== test.expectedStatus && !host.page.isClosed()) {
      await host.page.screenshot({ path: test.outputPath('at-the-end.png') }).catch(() => undefined);
      const words = await host.page.evaluate(() => document.body.innerText).catch(() => '(the page does not answer)');
      console.log(`The window at the end:\n${words.slice(0, 4000)}`);
    }
    await host.close();
  },
  wizard: async ({ host }, use) => {
    await use(new Wizard(host));
  },
  cli: async ({ folder }, use) => {
    await use(new CommandLine(dataFolder(folder)));
  },
});

export { expect } from '@playwright/test';
