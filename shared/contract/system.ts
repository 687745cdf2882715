import * as z from 'zod';
import { procedure } from './base.ts';

export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  timeZone: z.enum(['local', 'utc']),
  numberFormat: z.enum(['1,234,567.8', '1 234 567,8', '1.234.567,8']),
  notifyStops: z.boolean(),
  notifyWindow: z.boolean(),
  notifyPhases: z.boolean(),
  keepAwake: z.boolean(),
  /** The engine goes on when the window closes; reopening shows its true state. */
  continueWhenClosed: z.boolean(),
  pointsFolder: z.string().nullable(),
});
export type Settings = z.infer<typeof settings>;

export const systemInfo = z.object({
  version: z.string(),
  contract: z.literal(1),
  host: z.enum(['desktop', 'browser', 'cli']),
  runtime: z.string(),
  pid: z.number().int(),
  startedAt: z.string(),
  memoryBytes: z.number(),
  /** The data folder. */
  home: z.string(),
  /** Folder of the person's account, for which `~` stands on the screens. */
  account: z.string(),
  person: z.string(),
  machine: z.string(),
  journalBytes: z.number(),
  runs: z.number().int(),
  points: z.object({ count: z.number().int(), bytes: z.number(), freeBytes: z.number().nullable() }),
  /** What this host can do natively; the browser window has its own folder list. */
  can: z.object({
    nativeDialogs: z.boolean(),
    openFolders: z.boolean(),
    keyStore: z.boolean(),
    notifications: z.boolean(),
  }),
  /** Why there is no key store, in words; null when there is one. */
  keyStoreNote: z.string().nullable(),
});
export type SystemInfo = z.infer<typeof systemInfo>;

export const systemContract = {
  info: procedure.output(systemInfo),
  settings: procedure.output(settings),
  saveSettings: procedure.input(settings.partial()).output(settings),
  /** Names only; values never leave the key store. */
  secrets: procedure.output(
    z.array(
      z.object({
        name: z.string(),
        bundle: z.string().nullable(),
        where: z.enum(['key_store', 'session', 'environment']),
        setAt: z.string().nullable(),
      }),
    ),
  ),
  setSecret: procedure
    .input(
      z.object({
        name: z.string(),
        bundle: z.string().nullable(),
        value: z.string(),
        keep: z.enum(['key_store', 'session']),
      }),
    )
    .output(z.void()),
  removeSecret: procedure.input(z.object({ name: z.string() })).output(z.void()),
  /** Native dialog where the host has one; null when it was closed or there is none. */
  pick: procedure
    .input(
      z.object({
        kind: z.enum(['bundle', 'folder', 'file', 'save']),
        title: z.string(),
        suggested: z.string().nullable(),
      }),
    )
    .output(z.object({ path: z.string().nullable() })),
  /** Folder list for hosts without native dialogs. */
  browse: procedure.input(z.object({ path: z.string().nullable() })).output(
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(
        z.object({ name: z.string(), kind: z.enum(['folder', 'bundle', 'file']), bytes: z.number().nullable() }),
      ),
    }),
  ),
  openFolder: procedure.input(z.object({ path: z.string() })).output(z.void()),
  checkJournal: procedure.output(z.object({ ok: z.boolean(), words: z.string() })),
};
