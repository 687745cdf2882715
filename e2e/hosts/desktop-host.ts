import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { appFolder, electronPath, sandboxFlags } from '../support/places.ts';
import type { Host, HostPlaces } from './host.ts';

const args = [...sandboxFlags, appFolder];

/** The Electron app over the runtime of this machine. */
export class DesktopHost implements Host {
  readonly kind = 'desktop';
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly #env: Record<string, string>;

  private constructor(app: ElectronApplication, page: Page, env: Record<string, string>) {
    this.app = app;
    this.page = page;
    this.#env = env;
  }

  static async open({ home, account }: HostPlaces): Promise<DesktopHost> {
    const env = environment({ OVERLAND_HOME: home, HOME: account, XDG_CONFIG_HOME: account, TZ: 'UTC' });
    const app = await _electron.launch({ executablePath: electronPath(), args, env });
    const page = await app.firstWindow();
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800));
    return new DesktopHost(app, page, env);
  }

  async killEngine(): Promise<void> {
    process.kill(await this.enginePid(), 'SIGKILL');
  }

  /** Main starts another engine by itself. */
  async reviveEngine(): Promise<void> {}

  async enginePid(): Promise<number> {
    const pid = await this.app.evaluate(
      ({ app }) => app.getAppMetrics().find((process) => process.name === 'Overland engine')?.pid ?? null,
    );
    if (pid === null) throw new Error('There is no engine process.');
    return pid;
  }

  /** The window asks what is to become of the run; the answer is to go on without it. */
  async closeWindow(): Promise<void> {
    await this.app.evaluate(async ({ BrowserWindow, dialog }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) throw new Error('There is no window.');
      let question = '';
      dialog.showMessageBox = (async (...given: unknown[]) => {
        const asked = given.at(-1) as Electron.MessageBoxOptions;
        question = asked.message;
        const response = asked.buttons?.indexOf('Close the window, keep running') ?? -1;
        if (response < 0) throw new Error(`No way to keep running among: ${asked.buttons?.join(', ')}`);
        return { response, checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
      const hidden = new Promise<void>((resolve) => {
        (window as NodeJS.EventEmitter).once('hide', () => resolve());
      });
      window.close();
      await hidden;
      if (question !== 'A run is at work.') throw new Error('The window closed without asking.');
    });
  }

  /** Started a second time, the app shows the window of the first and ends. */
  async reopenWindow(): Promise<void> {
    const shown = this.app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          const [window] = BrowserWindow.getAllWindows();
          if (!window || window.isVisible()) resolve();
          else window.once('show', () => resolve());
        }),
    );
    const second = spawn(electronPath(), args, { env: this.#env, stdio: 'ignore' });
    await Promise.all([shown, once(second, 'exit')]);
  }

  async choosePath(path: string, ask: () => Promise<void>): Promise<void> {
    await this.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: [chosen] })) as typeof dialog.showOpenDialog;
    }, path);
    await ask();
  }

  /** Seen on a busy machine: an app that does not end within minutes. What the test is about was seen by then; it is said. */
  async close(): Promise<void> {
    const app = this.app.process();
    // A run that has just ended may still count as at work; the question whether to quit is answered with its last button.
    await this.app.evaluate(({ dialog }) => {
      dialog.showMessageBox = (async (...given: unknown[]) => {
        const { buttons } = given.at(-1) as Electron.MessageBoxOptions;
        return { response: (buttons?.length ?? 1) - 1, checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
    });
    const late = setTimeout(() => {
      console.warn('The app did not end within 40 s; it is killed.');
      app.kill('SIGKILL');
    }, 40_000);
    await this.app.close().finally(() => clearTimeout(late));
  }
}

/** This process's environment with changes; Playwright takes no undefined values. */
function environment(changes: Record<string, string>): Record<string, string> {
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(kept), ...changes };
}
