import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem, RestoreRequest } from '../relational.ts';

/** A copy that changed in the point must not go anywhere: fails with FAILED, which names the file and changes nothing. */
export async function checkSaved(
  request: RestoreRequest,
  items: readonly ProtectedItem[],
  env: Environment,
): Promise<void> {
  for (const item of items) {
    if (item.file === null) continue;
    const file = join(request.folder, item.file);
    const options = request.signal ? { signal: request.signal } : {};
    const found = (await env.fs.exists(file)) ? await env.fs.digest(file, options) : null;
    if (found?.sha256 === item.sha256) continue;
    const message = found
      ? `The saved copy ${file} is not what the backup wrote: its hash differs.`
      : `The saved copy ${file} is gone.`;
    throw new OverlandError('FAILED', message, {
      finding: makeFinding({
        severity: 'critical',
        category: 'rollback_point',
        message,
        path: file,
        oldValue: item.sha256,
        newValue: found?.sha256 ?? null,
        suggestion: 'Nothing was changed. Look for another copy of the rollback point.',
      }),
    });
  }
}
