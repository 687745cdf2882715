import * as z from 'zod';
import { finding } from '../model/finding.ts';
import { procedure } from './base.ts';
import { bundleView } from './bundle.ts';

/** One line of "What the test found". */
export const connectionFact = z.object({
  check: z.string(),
  found: z.string(),
  needed: z.string(),
  state: z.enum(['ok', 'warning', 'error', 'info']),
});

export const connectionReport = z.object({
  name: z.string(),
  role: z.enum(['Source', 'Target', 'Source and target', 'Scratch']),
  engine: z.string(),
  /** Product and version as found; null when not reached. */
  product: z.string().nullable(),
  where: z.string(),
  ready: z.boolean(),
  /** Names of secrets that are neither in the key store nor in the environment. */
  missingSecrets: z.array(z.string()),
  facts: z.array(connectionFact),
  findings: z.array(finding),
  /** Statement that the owner can run to grant what is missing. */
  grant: z.string().nullable(),
  checkedAt: z.string(),
  tookMs: z.number(),
});
export type ConnectionReport = z.infer<typeof connectionReport>;

/** What the owner of a database grants for a bundle. */
export const connectionGrants = z.object({
  connection: z.string(),
  engine: z.string(),
  where: z.string(),
  user: z.string().nullable(),
  /** Whether the tables there could be looked at; else grants name every table that the profile writes. */
  looked: z.boolean(),
  /** One statement, or a remark that begins with `--`, each. Empty for engines without users. */
  statements: z.array(z.string()),
});
export type ConnectionGrants = z.infer<typeof connectionGrants>;

export const connectionContract = {
  /** Reads only, where it can connect at all. */
  grants: procedure.input(z.object({ path: z.string() })).output(z.array(connectionGrants)),
  /** Reads only. `connection` null tests all. Never fails because of what an endpoint answers: that is a finding. */
  check: procedure
    .input(z.object({ path: z.string(), connection: z.string().nullable() }))
    .output(z.array(connectionReport)),
  /**
   * Points a server connection at an address such as `postgres://app@db-01:5432/shop`, for this machine. A password in it is kept
   * as the connection's secret where `keep` says and never stored with the address; with `keep` null it is refused.
   */
  setAddress: procedure
    .input(
      z.object({
        path: z.string(),
        connection: z.string(),
        url: z.string(),
        keep: z.enum(['key_store', 'session']).nullable(),
      }),
    )
    /** `secret` names the secret that the password became; null when there was none. */
    .output(z.object({ bundle: bundleView, secret: z.string().nullable() })),
};
