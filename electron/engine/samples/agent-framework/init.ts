import { join } from 'node:path';
import { figure } from '#shared/model/figures.ts';
import type { InitResult, SampleEnvironment, SampleRequest } from '../init-sample.ts';
import { generateCheckpointFile, generateCheckpointScript } from './generate.ts';
import { legacySettings } from './settings.ts';

const first = '001_update_checkpoint_schema_for_pydantic_state.up.sql';

/** `agent.db`, or a script for the server's client. A dirty one is as the framework's own migrator left it half way. */
export async function initAgentFramework(
  dir: string,
  { tasks, seed, dirty, engine, signal, onProgress }: SampleRequest,
  env: SampleEnvironment,
): Promise<Pick<InitResult, 'facts' | 'ledger'>> {
  const file = engine === 'sqlite' ? 'agent.db' : 'checkpoints.sql';
  const options = {
    threads: tasks,
    seed,
    migrated: dirty ? { upOfFirst: await env.fs.readText(join(dir, 'sql', 'model', engine, first)) } : null,
    ...(signal && { signal }),
    onProgress: (done: number) => onProgress?.({ done, total: tasks }),
  };
  const path = join(dir, file);
  const count =
    engine === 'sqlite'
      ? await generateCheckpointFile(path, options)
      : await generateCheckpointScript(path, engine, options, env.fs);
  const bytes = (await env.fs.stat(path))?.bytes ?? 0;
  const settings = legacySettings(seed, dirty);
  await env.fs.makeFolder(join(dir, 'settings', 'legacy'), 0o755);
  for (const { name, text } of settings) await env.fs.writeDurable(join(dir, 'settings', 'legacy', name), text, 0o644);
  const facts = [
    `${file}: ${figure(count)} checkpoints of ${figure(tasks)} threads, ${(bytes / 1e6).toFixed(1)} MB.`,
    `settings/legacy: ${settings.length} files of flat settings${dirty ? ', three of which cannot be read' : ''}.`,
    ...(dirty ? ['Its schema_migrations says that 001 is completed and 002 has failed.'] : []),
    ...(engine === 'sqlite'
      ? []
      : [`Load ${file} with the client of the server and set connections.app in profile.toml; README.md says how.`]),
  ];
  return { facts, ledger: null };
}
