import { arch, release, type } from 'node:os';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunEnvironment } from './model.ts';

/** Journal document that keeps it. */
export const environmentKind = 'environment';

/** What a run works with, noted when it begins: later versions of any of it then do not change the report. */
export function runEnvironment({ journal, drivers }: Pick<EngineContext, 'journal' | 'drivers'>): RunEnvironment {
  const { electron, node, v8 } = process.versions;
  const sqlite = journal.db.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? 'not known';
  return {
    facts: [
      { name: 'Runtime', value: `${electron === undefined ? '' : `Electron ${electron}, `}Node ${node}, V8 ${v8}` },
      { name: 'SQLite library', value: sqlite },
      { name: 'Drivers', value: [...drivers.keys()].join(', ') },
      { name: 'System', value: `${type()} ${release()}, ${arch()}` },
      { name: 'Time zone of the machine', value: Intl.DateTimeFormat().resolvedOptions().timeZone },
    ],
  };
}
