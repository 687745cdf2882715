import { homedir } from 'node:os';
import type { Services } from '#shared/contract/services.ts';
import { bytes, counted } from '#shared/model/figures.ts';
import type { Environment } from '../../../platform/environment.ts';
import type { Journal } from '../../run/journal/journal.ts';
import { failed, invalidInput, messageOf, notFound } from '../failure.ts';
import type { HostBridge } from '../host-bridge.ts';
import { browseFolder } from './browse.ts';
import { loadSettings, saveSettings } from './settings.ts';

export type SystemDependencies = {
  readonly environment: Environment;
  readonly journal: Journal;
  readonly host: HostBridge;
  /** Version of Overland. */
  readonly version: string;
};

/** What the wizard asks about this machine, and what it keeps on it. */
export function createSystemServices(deps: SystemDependencies): Services['system'] {
  const { environment, journal, host } = deps;
  const { fs, paths, secrets } = environment;
  return {
    info: async () => {
      const note = await secrets.note();
      return {
        version: deps.version,
        contract: 1,
        host: host.kind,
        runtime: runtimeName(),
        pid: environment.identity.pid,
        startedAt: startedAt(environment),
        memoryBytes: process.memoryUsage.rss(),
        home: paths.home,
        account: homedir(),
        person: environment.identity.person,
        machine: environment.identity.machine,
        journalBytes: await journalBytes(environment),
        runs: countRuns(journal),
        points: { ...pointsKept(journal), freeBytes: await freeBytes(environment) },
        can: { ...host.can, keyStore: note === null },
        keyStoreNote: note,
      };
    },

    settings: () => loadSettings(environment),
    saveSettings: (change) => saveSettings(environment, change as Parameters<typeof saveSettings>[1]),

    secrets: async () => (await secrets.list()).map((secret) => ({ ...secret })),
    setSecret: async ({ name, bundle, value, keep }) => {
      if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
        throw invalidInput('name', `${name} is not a name of a secret.`, 'Letters, digits and _, a letter first.');
      }
      if (value === '') throw invalidInput('value', `The value of ${name} is empty.`);
      const note = keep === 'key_store' ? await secrets.note() : null;
      if (note !== null) throw invalidInput('keep', note, 'Keep it for this session instead.');
      await secrets.set(name, value, keep, bundle);
    },
    removeSecret: async ({ name }) => {
      const where = await secrets.where(name);
      if (where === null) throw notFound('secret', name);
      if (where === 'environment') {
        throw invalidInput(
          'name',
          `${name} comes from the environment of this process.`,
          'Remove the variable and start Overland again.',
        );
      }
      await secrets.remove(name);
    },

    pick: async (request) => ({ path: host.can.nativeDialogs ? await host.pick(request) : null }),
    browse: ({ path }) => browseFolder(environment, path),
    openFolder: async ({ path }) => {
      if (!(await fs.exists(path))) throw notFound('folder', path);
      try {
        await host.openFolder(path);
      } catch (error) {
        throw failed('not_opened', messageOf(error), { path, suggestion: `Open ${path} by hand.` }, error);
      }
    },

    checkJournal: async (_input, { signal }) => {
      const found = await environment.helpers.run(
        'sqlite.integrity',
        { file: paths.journal },
        signal === undefined ? {} : { signal },
      );
      return found.ok
        ? {
            ok: true,
            words: `The journal is whole: ${counted(countRuns(journal), 'run')}, ${bytes(await journalBytes(environment))}.`,
          }
        : { ok: false, words: damaged(paths.journal, found.messages) };
    },
  };
}

/** With its write-ahead log, which may hold most of it. */
async function journalBytes({ fs, paths }: Environment): Promise<number> {
  const files = await Promise.all([fs.stat(paths.journal), fs.stat(`${paths.journal}-wal`)]);
  return files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
}

function damaged(file: string, messages: readonly string[]): string {
  const first = messages.slice(0, 3).join('; ');
  const more = messages.length > 3 ? ` and ${counted(messages.length - 3, 'more finding')}` : '';
  return `The journal is damaged: ${first}${more}. Copy ${file} away before anything else; targets and rollback points are not affected.`;
}

/** The identity's start names the process to others and is no time on every platform. */
function startedAt({ clock }: Environment): string {
  return new Date(clock.now().getTime() - process.uptime() * 1000).toISOString();
}

function runtimeName(): string {
  const { electron, node } = process.versions;
  return electron === undefined ? `Node ${node}` : `Electron ${electron}, Node ${node}`;
}

function countRuns(journal: Journal): number {
  return journal.db.get<{ n: number }>('SELECT count(*) AS n FROM run')?.n ?? 0;
}

function pointsKept(journal: Journal): { count: number; bytes: number } {
  const kept = journal.points.all().filter((point) => point.state !== 'expired');
  const size = kept.reduce((sum, point) => sum + pointBytes(journal, point.id), 0);
  return { count: kept.length, bytes: size };
}

function pointBytes(journal: Journal, point: string): number {
  return journal.points.items(point).reduce((sum, { item }) => sum + (item.file === null ? 0 : item.bytes), 0);
}

async function freeBytes(environment: Environment): Promise<number | null> {
  const folder = await loadSettings(environment)
    .then((settings) => settings.pointsFolder)
    .catch(() => null);
  return environment.fs.freeBytes(folder ?? environment.paths.points).catch(() => null);
}
