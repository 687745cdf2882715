import type { RelationalDriver } from '../relational.ts';
import { grantStatements } from './grants.ts';
import { postgresEndpoint } from './open.ts';
import { otherSessions } from './other-sessions.ts';
import { protectSchema } from './protect.ts';
import { restoreSchema } from './restore.ts';
import { dropScratch, makeScratch } from './scratch.ts';
import { splitScript } from './script.ts';
import { openSession } from './session.ts';

/** PostgreSQL 12 and later. */
export const postgresDriver: RelationalDriver = {
  engine: 'postgres',
  holds: 'tables',
  connect: async (to, access, env, signal) => openSession(postgresEndpoint(to), access, env, signal),
  protect: protectSchema,
  restore: restoreSchema,
  makeScratch,
  dropScratch,
  others: (to, _env, signal) => otherSessions(to, signal),
  split: splitScript,
  grants: grantStatements,
};
