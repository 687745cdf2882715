import { type BrowserWindow, dialog, Notification, powerSaveBlocker, shell } from 'electron';
import type { PickRequest } from '../engine/services/host-bridge.ts';
import type { KeyStore } from '../platform/secrets/key-store.ts';
import type { FromEngine, RequestName, Requests } from './engine-process/messages.ts';
import type { HelperProcesses } from './helper-processes.ts';

export type RequestContext = {
  readonly window: () => BrowserWindow | null;
  readonly showWindow: () => void;
  readonly keyStore: KeyStore;
  readonly helpers: HelperProcesses;
  readonly sendHelperPort: (id: number, port: Electron.MessagePortMain) => void;
};

type Answers = { readonly [N in RequestName]: (input: Requests[N]['input']) => Promise<Requests[N]['output']> };

/** Answers what the engine process asks; rejects with words where the platform refuses. */
export function createAnswers(
  context: RequestContext,
): (message: Extract<FromEngine, { kind: 'ask' }>) => Promise<unknown> {
  const { keyStore, helpers } = context;
  const awake = new KeepAwake();
  const answers: Answers = {
    pick: (request) => pick(request, context.window()),
    openFolder: async (path) => {
      const refusal = await shell.openPath(path);
      if (refusal) throw new Error(refusal);
      return null;
    },
    notify: async ({ title, body }) => {
      // Whoever looks at the window sees it there.
      if (!Notification.isSupported() || context.window()?.isFocused()) return null;
      const notification = new Notification({ title, body });
      notification.on('click', context.showWindow);
      notification.show();
      return null;
    },
    keepAwake: async (on) => {
      awake.set(on);
      return null;
    },
    keyGet: (name) => keyStore.get(name),
    keyList: async () => [...(await keyStore.list())],
    keySet: async ({ name, value, bundle, setAt }) => {
      await keyStore.set(name, value, bundle, setAt);
      return null;
    },
    keyRemove: async (name) => {
      await keyStore.remove(name);
      return null;
    },
    keyNote: () => keyStore.note(),
    helperSpawn: async ({ id }) => {
      context.sendHelperPort(id, helpers.spawn(id));
      return null;
    },
    helperKill: async ({ id }) => {
      helpers.kill(id);
      return null;
    },
  };
  return ({ name, input }) => (answers[name] as (input: unknown) => Promise<unknown>)(input);
}

async function pick(request: PickRequest, window: BrowserWindow | null): Promise<string | null> {
  const common = { title: request.title, ...(request.suggested === null ? {} : { defaultPath: request.suggested }) };
  if (request.kind === 'save') {
    const { filePath } = window ? await dialog.showSaveDialog(window, common) : await dialog.showSaveDialog(common);
    return filePath || null;
  }
  const options: Electron.OpenDialogOptions =
    request.kind === 'file'
      ? { ...common, properties: ['openFile'] }
      : { ...common, properties: ['openDirectory', 'createDirectory'] };
  const { filePaths } = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
  return filePaths[0] ?? null;
}

/** Keeps the machine from sleeping during a run; the screen may go dark. */
class KeepAwake {
  #blocker: number | null = null;

  set(on: boolean): void {
    if (on && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!on && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }
}
