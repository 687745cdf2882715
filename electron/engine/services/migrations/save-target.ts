import { join } from 'node:path';
import type { ProtectedItem } from '../../../drivers/relational.ts';
import type { ProfileConnection } from '../../profile/profile.ts';
import { pointsFolder } from '../../rollback/points-folder.ts';
import { type EngineContext, nowText } from '../../run/engine-context.ts';
import type { SessionPool } from '../../run/session-pool.ts';

/** Saves the target as a backup phase does, beside the rollback points of runs, with the guide that restores it by hand. */
export async function saveTarget(
  context: EngineContext,
  pool: SessionPool,
  connection: ProfileConnection,
  signal: AbortSignal,
): Promise<string> {
  const { environment } = context;
  const stamp = nowText(context).replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const folder = join(await pointsFolder(context), `m-${stamp}-${environment.random.id(4)}`);
  await environment.fs.makeFolder(folder, 0o700);
  try {
    const items: { connection: string; item: ProtectedItem }[] = [];
    const endpoint = await pool.endpoint(connection);
    const request = { endpoint, folder: join(folder, connection.name), signal };
    for await (const said of pool.driver(connection).protect(request, environment)) {
      if (said.kind === 'item') items.push({ connection: connection.name, item: said.item });
    }
    const manifest = { format: 1, point: folder, run: 'migrations', createdAt: nowText(context), items };
    await environment.fs.writeDurable(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    return folder;
  } catch (error) {
    await environment.fs.remove(folder);
    throw error;
  }
}
