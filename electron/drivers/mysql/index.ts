import type { RelationalDriver } from '../relational.ts';
import { grantStatements } from './grants.ts';
import { mysqlEndpoint } from './open.ts';
import { otherSessions } from './other-sessions.ts';
import { protectDatabase } from './protect.ts';
import { restoreDatabase } from './restore.ts';
import { dropScratch, makeScratch } from './scratch.ts';
import { openSession } from './session.ts';
import { splitScript } from './split.ts';

/** MariaDB 10.6 and later, MySQL 8 and later. */
export const mysqlDriver: RelationalDriver = {
  engine: 'mysql',
  holds: 'tables',
  connect: async (to, access, env, signal) => openSession(mysqlEndpoint(to), access, env, signal),
  protect: protectDatabase,
  restore: restoreDatabase,
  makeScratch,
  dropScratch,
  others: otherSessions,
  split: splitScript,
  grants: grantStatements,
};
