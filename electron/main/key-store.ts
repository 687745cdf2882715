import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { safeStorage } from 'electron';
import type { KeyStore } from '../platform/secrets/key-store.ts';

type Entry = { readonly value: string; readonly bundle: string | null; readonly setAt: string };
type Entries = Readonly<Record<string, Entry>>;

/**
 * Secrets encrypted with a key of the operating system's key store, in one file (0600). Where there is no such store, or
 * only Chromium's fixed key, nothing is kept: `note` says why and what helps.
 */
export class SafeKeyStore implements KeyStore {
  readonly #file: string;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async note(): Promise<string | null> {
    if (process.platform === 'linux') {
      const backend = safeStorage.getSelectedStorageBackend();
      if (backend === 'basic_text' || backend === 'unknown') {
        return 'No keyring of this desktop is in use, so secrets are kept for this session only. Start Overland in a session with GNOME Keyring or KWallet, or with --password-store=gnome-libsecret.';
      }
    }
    if (await available()) return null;
    return 'The key store of this session is locked or not running, so secrets are kept for this session only. Unlock the keyring and start Overland again.';
  }

  async get(name: string): Promise<string | null> {
    const entry = (await this.#read())[name];
    if (!entry || (await this.note()) !== null) return null;
    return decrypt(Buffer.from(entry.value, 'base64'));
  }

  async list(): Promise<{ name: string; bundle: string | null; setAt: string }[]> {
    const entries = await this.#read();
    return Object.entries(entries).map(([name, { bundle, setAt }]) => ({ name, bundle, setAt }));
  }

  async set(name: string, value: string, bundle: string | null, setAt: string): Promise<void> {
    const note = await this.note();
    if (note !== null) throw new Error(note);
    const encrypted = (await encrypt(value)).toString('base64');
    await this.#change((entries) => ({ ...entries, [name]: { value: encrypted, bundle, setAt } }));
  }

  async remove(name: string): Promise<void> {
    await this.#change((entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => key !== name)));
  }

  /** One change after the other: each reads what the one before wrote. */
  #change(change: (entries: Entries) => Entries): Promise<void> {
    const done = this.#queue.then(async () => this.#write(change(await this.#read())));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<Entries> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as Entries;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new Error(
        `The file of stored secrets cannot be read: ${this.#file}. Remove it and enter the secrets again.`,
        {
          cause: error,
        },
      );
    }
  }

  async #write(entries: Entries): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#file}.new`, JSON.stringify(entries), { mode: 0o600, flush: true });
    await rename(`${this.#file}.new`, this.#file);
  }
}

// Electron 45 has the asynchronous calls; a runtime without them has the older ones.
const asynchronous = typeof safeStorage?.encryptStringAsync === 'function';

async function available(): Promise<boolean> {
  return asynchronous ? safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable();
}

async function encrypt(value: string): Promise<Buffer> {
  return asynchronous ? safeStorage.encryptStringAsync(value) : safeStorage.encryptString(value);
}

async function decrypt(encrypted: Buffer): Promise<string> {
  if (!asynchronous) return safeStorage.decryptString(encrypted);
  return (await safeStorage.decryptStringAsync(encrypted)).result;
}
