import type { HostBridge } from '../../engine/services/host-bridge.ts';
import type { SpawnedHelper } from '../../platform/helper/port-helper-host.ts';
import type { KeyStore } from '../../platform/secrets/key-store.ts';
import type { MainLink } from './main-link.ts';

/** What the desktop can do for the engine, asked of main. */
export function desktopBridge(link: MainLink): HostBridge {
  return {
    kind: 'desktop',
    can: { nativeDialogs: true, openFolders: true, notifications: true },
    pick: (request) => link.ask('pick', request),
    openFolder: async (path) => void (await link.ask('openFolder', path)),
    notify: async ({ title, body }) => void (await link.ask('notify', { title, body })),
    keepAwake: async (on) => void (await link.ask('keepAwake', on)),
  };
}

/** The operating system's key store; only main can reach it. */
export function desktopKeyStore(link: MainLink): KeyStore {
  return {
    get: (name) => link.ask('keyGet', name),
    list: () => link.ask('keyList', null),
    set: async (name, value, bundle, setAt) => void (await link.ask('keySet', { name, value, bundle, setAt })),
    remove: async (name) => void (await link.ask('keyRemove', name)),
    note: () => link.ask('keyNote', null),
  };
}

/** Helper processes are started and killed by main: run-as-node is fused off, so the engine cannot fork. */
export async function desktopHelper(link: MainLink): Promise<SpawnedHelper> {
  const { id, port } = await link.helper();
  port.start();
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    onClose: (listener) => void port.on('close', () => listener('its process is gone')),
    // The port closes with the process: that is how its end is known.
    kill: () => void link.ask('helperKill', { id }).catch(() => undefined),
  };
}
