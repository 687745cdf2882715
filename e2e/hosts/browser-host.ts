import { once } from 'node:events';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { chromiumPath, commandLine } from '../support/places.ts';
import { type Program, start } from '../support/processes.ts';
import type { Host, HostPlaces } from './host.ts';

/** `overland serve` and a window of Chromium. */
export class BrowserHost implements Host {
  readonly kind = 'browser';
  readonly #places: HostPlaces;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  #server: Program;
  #port: number;
  #page: Page;

  private constructor(places: HostPlaces, browser: Browser, context: BrowserContext, page: Page, server: Server) {
    this.#places = places;
    this.#browser = browser;
    this.#context = context;
    this.#page = page;
    this.#server = server.program;
    this.#port = server.port;
  }

  static async open(places: HostPlaces): Promise<BrowserHost> {
    const server = await serve(places, 0);
    const browser = await chromium.launch({ executablePath: chromiumPath() });
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await page.goto(server.address);
    return new BrowserHost(places, browser, context, page, server);
  }

  get page(): Page {
    return this.#page;
  }

  /** Without the code; the window's cookie opens it. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async killEngine(): Promise<void> {
    const { child } = this.#server;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** The cookie died with the server; its new address brings the same tab back to where it was. */
  async reviveEngine(): Promise<void> {
    const where = new URL(this.#page.url()).hash;
    const server = await serve(this.#places, this.#port);
    this.#server = server.program;
    await this.#page.goto(server.address);
    await this.#page.goto(`${this.address}${where}`);
  }

  async closeWindow(): Promise<void> {
    await this.#page.close();
  }

  async reopenWindow(): Promise<void> {
    this.#page = await this.#context.newPage();
    await this.#page.goto(this.address);
  }

  async choosePath(path: string, ask: () => Promise<void>): Promise<void> {
    await ask();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByLabel('Path on the machine of the engine').fill(path);
    await dialog.locator('[data-primary]').click();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.end();
  }
}

type Server = { readonly program: Program; readonly address: string; readonly port: number };

async function serve({ home, account }: HostPlaces, port: number): Promise<Server> {
  const args = [commandLine, 'serve', '--no-open', '--json', '--port', String(port), '--home', home];
  const program = start(process.execPath, args, { ...process.env, HOME: account, TZ: 'UTC' });
  const printed = await program.printed(/"address": "([^"]+)",\s+"port": (\d+)/);
  return { program, address: printed[1]!, port: Number(printed[2]) };
}
