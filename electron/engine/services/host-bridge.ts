/** What the engine asks of the host that runs it: the desktop, the browser server or the command line. */
export interface HostBridge {
  readonly kind: 'desktop' | 'browser' | 'cli';
  readonly can: { readonly nativeDialogs: boolean; readonly openFolders: boolean; readonly notifications: boolean };
  /** Native dialog; null when it was closed or there is none. */
  pick(request: PickRequest): Promise<string | null>;
  /** Shows a folder in the file manager. Rejects when the platform refuses. */
  openFolder(path: string): Promise<void>;
  /** Does nothing where there are no notifications. */
  notify(note: { readonly title: string; readonly body: string }): Promise<void>;
  /** Keeps the machine from sleeping while it is on. Does nothing where the platform has no such thing. */
  keepAwake(on: boolean): Promise<void>;
}

export type PickRequest = {
  readonly kind: 'bundle' | 'folder' | 'file' | 'save';
  readonly title: string;
  readonly suggested: string | null;
};

/** A host without a desktop: the command line, and the browser server on a machine without a display. */
export function plainHost(kind: 'browser' | 'cli'): HostBridge {
  return {
    kind,
    can: { nativeDialogs: false, openFolders: false, notifications: false },
    pick: async () => null,
    openFolder: async (path) => {
      throw new Error(`This host cannot show ${path} in a file manager.`);
    },
    notify: async () => undefined,
    keepAwake: async () => undefined,
  };
}
