import type { Page } from '@playwright/test';

export type HostKind = 'browser' | 'desktop';

/** Where a host keeps its files: everything of a test lies in one folder that goes with it. */
export type HostPlaces = {
  /** Data folder of Overland. */
  readonly home: string;
  /** Home folder of the account, which dialogs suggest. */
  readonly account: string;
};

/** The wizard as a person has it before them, on the desktop or in a browser. */
export interface Host {
  readonly kind: HostKind;
  /** The window; another one after `reopen`. */
  readonly page: Page;
  /** Kills the engine process as a crash would, with SIGKILL. In the browser host the server dies with it. */
  killEngine(): Promise<void>;
  /** Makes an engine answer again after `killEngine`: the desktop does so by itself, the server is started by a person. */
  reviveEngine(): Promise<void>;
  /** Closes the window while the engine goes on with what it does. */
  closeWindow(): Promise<void>;
  /** Opens the wizard again, as a person would: by starting the app, or by its address. */
  reopenWindow(): Promise<void>;
  /** Does what opens the host's dialog for a path, and answers it. */
  choosePath(path: string, ask: () => Promise<void>): Promise<void>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}
