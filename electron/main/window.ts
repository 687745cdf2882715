import { BrowserWindow, nativeTheme, screen } from 'electron';
import { pageAddress } from './app-protocol.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

export type WindowOptions = {
  readonly preload: string;
  readonly icon: string;
  readonly stateFile: string;
  /** The page can take a port now; again after every load. */
  readonly onLoaded: (window: BrowserWindow) => void;
  readonly onGone: (reason: string) => void;
};

/** The one window, with the wizard in it: sandboxed, isolated, shown when it has painted. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const state = readWindowState(options.stateFile, displays);
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...(state.bounds ?? {}),
    minWidth: 720,
    minHeight: 540,
    show: false,
    title: 'Overland',
    icon: options.icon,
    // The colour of the app's background in either theme, so that nothing flashes before the first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1317' : '#f4f6f7',
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // Progress is painted while the window is covered, too.
      backgroundThrottling: false,
    },
  });
  // Alt with a digit belongs to the wizard; a menu bar that appears on Alt would take it.
  window.setMenuBarVisibility(false);
  if (state.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.webContents.on('did-finish-load', () => options.onLoaded(window));
  window.webContents.on('render-process-gone', (_event, details) => {
    options.onGone(details.reason);
    if (!window.isDestroyed()) window.reload();
  });
  window.on('close', () => {
    const maximized = window.isMaximized();
    writeWindowState(options.stateFile, { bounds: window.getNormalBounds(), maximized });
  });
  void window.loadURL(pageAddress);
  return window;
}
