import { constants } from 'node:fs';
import { access as mayAccess } from 'node:fs/promises';
import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Checked } from '../driver.ts';
import type { Access, FolderEndpoint } from '../endpoint.ts';

/** Facts for the Connections screen: is it there, may it be read and written, how much room is there. */
export async function checkFolder({ path, name }: FolderEndpoint, access: Access, env: Environment): Promise<Checked> {
  const wanted = access === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK;
  const may = await mayAccess(path, wanted | constants.X_OK).then(
    () => true,
    () => false,
  );
  const free = await env.fs.freeBytes(path);
  const right = access === 'read' ? 'read' : 'read and write';
  const findings: Finding[] = may
    ? []
    : [
        makeFinding({
          severity: 'error',
          category: 'missing_right',
          message: `This user may not ${right} the folder of ${name}.`,
          path,
          suggestion: 'Ask the owner for the right.',
        }),
      ];
  return {
    product: 'Folder',
    facts: [
      { check: 'Rights', found: may ? right : 'not enough', needed: right, state: may ? 'ok' : 'error' },
      { check: 'Free space', found: free === null ? 'not known' : `${figure(free)} bytes`, needed: '', state: 'info' },
    ],
    findings,
  };
}
