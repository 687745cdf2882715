import type { EngineContext } from '../run/engine-context.ts';

/** The folder for rollback points: the settings' own, else the data folder's. Made when it is missing. */
export async function pointsFolder(context: EngineContext): Promise<string> {
  const { environment } = context;
  const folder = context.pointsFolder?.() ?? environment.paths.points;
  await environment.fs.makeFolder(folder, 0o700);
  return folder;
}
