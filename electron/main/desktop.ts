import { join } from 'node:path';
import { app, type BrowserWindow, dialog, powerMonitor, shell } from 'electron';
import type { Places } from '../cli/places.ts';
import { version } from '../cli/version.ts';
import { createPinoLog } from '../platform/log/pino-log.ts';
import { createRedactor } from '../platform/log/redactor.ts';
import type { Log } from '../platform/log.ts';
import { homeFolder, makePaths } from '../platform/paths.ts';
import { registerScheme, serveRenderer } from './app-protocol.ts';
import { askOnClose, askOnQuit, HiddenTray } from './closing.ts';
import { installCrashHandling } from './crash.ts';
import { createAnswers } from './engine-requests.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { harden } from './hardening.ts';
import { HelperProcesses } from './helper-processes.ts';
import { SafeKeyStore } from './key-store.ts';
import { setMenu } from './menu.ts';
import { openWindow } from './window.ts';

/** Long enough for a chunk and its commit; the promise is one second. */
const endDeadlineMs = 15_000;
/** Long enough for a window to close itself. */
const windowDeadlineMs = 5_000;

/** The desktop app: one instance, one window, one engine process. Synchronous: what is registered must be so before ready. */
export function startDesktop(entry: string, places: Places): void {
  const home = homeFolder(process.env);
  // Another data folder is another app to the single-instance lock.
  if (process.env.OVERLAND_HOME) app.setPath('userData', join(home, 'window'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const desktop = new Desktop(entry, places, home);
  installCrashHandling(
    () => desktop.log,
    () => desktop.endEngine(),
  );
  registerScheme();
  app.on('second-instance', () => desktop.show());
  app.on('activate', () => desktop.show());
  app.on('before-quit', (event) => desktop.beforeQuit(event));
  app.on('window-all-closed', () => app.quit());
  // Asked by the system, not by a person: nobody answers a question, so the run pauses and the app ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => desktop.quit());
  void app.whenReady().then(() => {
    powerMonitor.on('shutdown', () => desktop.quit());
    desktop.open();
  });
}

class Desktop {
  readonly #entry: string;
  readonly #places: Places;
  readonly #paths: ReturnType<typeof makePaths>;
  readonly #icon: string;
  readonly #helpers: HelperProcesses;
  readonly #tray: HiddenTray;
  readonly #engine: EngineSupervisor;
  #window: BrowserWindow | null = null;
  #runs = 0;
  #mayContinue = false;
  #asking = false;
  #quitting = false;
  /** Closed by its person while a run goes on. */
  #hidden = false;
  #answer: ReturnType<typeof createAnswers> | null = null;
  readonly log: Log;

  constructor(entry: string, places: Places, home: string) {
    this.#entry = entry;
    this.#places = places;
    this.#paths = makePaths(home, places.resources);
    this.log = createPinoLog({ level: 'info', redactor: createRedactor(), folder: this.#paths.logs, name: 'main' });
    this.#icon = join(places.resources, 'icons', '256x256.png');
    this.#helpers = new HelperProcesses(places.helper);
    this.#tray = new HiddenTray(this.#icon, { showWindow: () => this.show(), pauseAndQuit: () => this.quit() });
    const given = { home, resources: places.resources, version, logLevel: 'info' };
    this.#engine = new EngineSupervisor(join(entry, 'engine.js'), given, {
      ask: (message) => this.#answer!(message),
      activity: (runs, mayContinue) => this.#activity(runs, mayContinue),
      unable: (message, advice) => void this.#unable(message, advice),
      lost: (code, again) => this.#lost(code, again),
      log: (message, data) => this.log.warn(message, data),
    });
  }

  open(): void {
    harden(this.log);
    serveRenderer(this.#places.renderer);
    setMenu({ quit: () => app.quit(), showLogs: () => void shell.openPath(this.#paths.logs) });
    this.#answer = createAnswers({
      window: () => this.#window,
      showWindow: () => this.show(),
      keyStore: new SafeKeyStore(join(this.#paths.home, 'secrets.json')),
      helpers: this.#helpers,
      sendHelperPort: (id, port) => this.#engine.send({ kind: 'helperPort', id }, [port]),
    });
    this.#engine.start();
    this.show();
  }

  /** Brings the window up: the one there is, or a new one. */
  show(): void {
    if (!app.isReady() || this.#quitting) return;
    this.#tray.hide();
    this.#hidden = false;
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    const window = openWindow({
      preload: join(this.#entry, 'preload.cjs'),
      icon: this.#icon,
      stateFile: join(app.getPath('userData'), 'window-state.json'),
      onLoaded: (loaded) => this.#engine.connect(loaded.webContents),
      onGone: (reason) => this.log.error('the page ended', { reason }),
    });
    window.on('close', (event) => this.#closing(event, window));
    window.on('closed', () => {
      this.#window = null;
    });
    this.#window = window;
  }

  /** The run pauses before the engine ends; that takes a moment, so the first quit is put off. */
  beforeQuit(event: Electron.Event): void {
    if (this.#quitting) return;
    event.preventDefault();
    if (this.#runs === 0) {
      this.quit();
      return;
    }
    if (this.#asking) return;
    this.#asking = true;
    void askOnQuit(this.#window)
      .then((quit) => {
        if (quit) this.quit();
      })
      .finally(() => {
        this.#asking = false;
      });
  }

  async endEngine(): Promise<void> {
    await this.#engine.end(endDeadlineMs);
    this.#helpers.killAll();
  }

  /** What runs finishes its chunk and pauses, then the app ends. Idempotent. */
  quit(): void {
    if (this.#quitting) return;
    this.#quitting = true;
    this.#tray.hide();
    void this.endEngine().finally(() => {
      app.quit();
      // A page that is busy can hold its window open. Nothing is left to be saved.
      setTimeout(() => app.exit(0), windowDeadlineMs);
    });
  }

  #closing(event: Electron.Event, window: BrowserWindow): void {
    if (this.#quitting || this.#runs === 0) return;
    event.preventDefault();
    if (this.#asking) return;
    this.#asking = true;
    void askOnClose(window, this.#mayContinue)
      .then((answer) => {
        if (answer === 'quit') this.quit();
        if (answer === 'hide') {
          this.#hidden = true;
          this.#tray.show();
          window.hide();
        }
      })
      .finally(() => {
        this.#asking = false;
      });
  }

  #activity(runs: number, mayContinue: boolean): void {
    this.#runs = runs;
    this.#mayContinue = mayContinue;
    // A window that was closed during a run comes back with its end.
    if (runs === 0 && this.#hidden) this.show();
  }

  #lost(code: number, again: boolean): void {
    this.#helpers.killAll();
    void this.#answer?.({ kind: 'ask', id: 0, name: 'keepAwake', input: false });
    if (!again) {
      void this.#unable(
        `The engine ended ${code === 0 ? 'by itself' : `with code ${code}`} several times in a row.`,
        'What is committed stays. The log files say why it ended.',
      );
    }
  }

  async #unable(message: string, advice: string | null): Promise<void> {
    this.log.error('the engine is not available', { message });
    process.stderr.write(`Overland: ${message} ${advice ?? ''}\n`);
    if (!this.#window || process.env.OVERLAND_UNATTENDED === '1') return;
    const { response } = await dialog.showMessageBox(this.#window, {
      type: 'error',
      title: 'Overland',
      message,
      ...(advice === null ? {} : { detail: advice }),
      buttons: ['Try again', 'Show log files', 'Quit'],
      defaultId: 0,
      noLink: true,
    });
    if (response === 0) this.#engine.tryAgain();
    if (response === 1) await shell.openPath(this.#paths.logs);
    if (response === 2) this.quit();
  }
}
