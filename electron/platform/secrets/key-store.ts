/** The operating system's key store, passed in by a host that has one. */
export interface KeyStore {
  get(name: string): Promise<string | null>;
  list(): Promise<readonly { name: string; bundle: string | null; setAt: string }[]>;
  set(name: string, value: string, bundle: string | null, setAt: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Why values cannot be kept, in words; null when they can. */
  note(): Promise<string | null>;
}
