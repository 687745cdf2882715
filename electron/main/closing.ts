import { type BrowserWindow, dialog, Menu, Tray } from 'electron';

export type ClosingActions = {
  readonly showWindow: () => void;
  /** Pauses what runs and ends the app. */
  readonly pauseAndQuit: () => void;
};

/** Asked when the window is closed while a run is at work. */
export async function askOnClose(window: BrowserWindow, mayContinue: boolean): Promise<'stay' | 'hide' | 'quit'> {
  const answers = mayContinue ? (['stay', 'hide', 'quit'] as const) : (['stay', 'quit'] as const);
  const labels = {
    stay: 'Keep the window open',
    hide: 'Close the window, keep running',
    quit: 'Pause the run and quit',
  };
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'A run is at work',
    message: 'A run is at work.',
    detail: mayContinue
      ? 'It can go on without the window; Overland then stays in the tray. Paused, it finishes the chunk in hand and can be resumed later.'
      : 'Paused, it finishes the chunk in hand and can be resumed later.',
    buttons: answers.map((answer) => labels[answer]),
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return answers[response] ?? 'stay';
}

/** Asked when Overland is to quit while a run is at work. */
export async function askOnQuit(window: BrowserWindow | null): Promise<boolean> {
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    title: 'A run is at work',
    message: 'A run is at work.',
    detail: 'Quitting lets it finish the chunk in hand and pauses it; it can be resumed later.',
    buttons: ['Keep running', 'Pause the run and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = window ? await dialog.showMessageBox(window, options) : await dialog.showMessageBox(options);
  return response === 1;
}

/** The way back to a hidden window. Starting Overland again shows it as well, where the desktop has no tray. */
export class HiddenTray {
  readonly #icon: string;
  readonly #actions: ClosingActions;
  #tray: Tray | null = null;

  constructor(icon: string, actions: ClosingActions) {
    this.#icon = icon;
    this.#actions = actions;
  }

  show(): void {
    if (this.#tray) return;
    this.#tray = new Tray(this.#icon);
    this.#tray.setToolTip('Overland: a run is at work');
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Overland', click: this.#actions.showWindow },
        { label: 'Pause the run and quit', click: this.#actions.pauseAndQuit },
      ]),
    );
    this.#tray.on('click', this.#actions.showWindow);
  }

  hide(): void {
    this.#tray?.destroy();
    this.#tray = null;
  }
}
