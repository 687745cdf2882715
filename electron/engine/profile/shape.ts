import * as z from 'zod';
import { filled, plainName, variableName, wholeNumber, wholeNumberOr } from './shape-parts.ts';
import { parseBytes, parseDuration, parseShare } from './units.ts';

const bytes = quantity(parseBytes, 'A size such as "16MiB", "500KB" or "1.5GiB".');
const duration = quantity(parseDuration, 'A time such as "200ms", "30s", "5min" or "2h".');
const share = quantity(parseShare, 'A share such as "0.5%", at most "100%".');

function quantity(parse: (text: string) => number | null, words: string) {
  return z
    .string()
    .transform((text, context) => {
      const amount = parse(text);
      if (amount === null) context.addIssue({ code: 'custom', message: 'it cannot be read', input: text });
      return amount ?? 0;
    })
    .describe(words);
}

export const policyShape = z.strictObject({
  chunk: z
    .strictObject({
      rows: wholeNumberOr(50_000, 1, 10_000_000).describe('Most records of a chunk.'),
      bytes: bytes.prefault('16MiB'),
      seconds: wholeNumberOr(1, 1, 60).describe('Time that a chunk should take; bounds how long a cancel takes.'),
    })
    .prefault({})
    .describe('A chunk is what is committed, retried and resumed at once; whichever limit comes first.'),
  retry: z
    .strictObject({
      attempts: wholeNumberOr(5, 1, 100).describe('Attempts in all, the first one included.'),
      delay: duration.prefault('200ms'),
      max_delay: duration.prefault('30s'),
    })
    .prefault({})
    .describe('For errors that pass by themselves; a permanent error is never tried again.'),
  limits: z
    .strictObject({
      quarantine: share.optional(),
      row_bytes: bytes.prefault('16MiB'),
      window: duration.optional(),
      slowdown: share.optional(),
    })
    .prefault({})
    .describe('Limits of the run; one that is left out does not bound.'),
  timeouts: z
    .strictObject({
      lock: duration.prefault('5s').describe('How long a migration waits for a lock before it is tried again.'),
      statement: duration.optional().describe('How long one statement of a migration may take.'),
    })
    .prefault({})
    .describe('For migrations on a server.'),
  rollback_on: z
    .array(z.enum(['loss', 'critical', 'slowdown', 'window']))
    .default(['loss', 'critical'])
    .describe('What proposes a rollback; with --auto-rollback it begins by itself.'),
  source: z
    .enum(['quiesced', 'snapshot', 'moving'])
    .default('quiesced')
    .describe(
      '"quiesced": nobody writes to the source, which is verified. "snapshot" and "moving" allow writers, see docs/profile.md.',
    ),
  require_quiet: z
    .boolean()
    .default(false)
    .describe('Refuses to execute while others are connected to a source or target, or where that cannot be known.'),
  sensitive: z
    .array(filled)
    .default([])
    .describe('Columns as "connection.table.column", masked wherever a person sees them.'),
});

const access = z
  .enum(['read', 'write', 'scratch'])
  .default('read')
  .describe('"read" for a source, "write" for a target.');
const secrets = z.array(filled).default([]).describe('Names of secrets, never values.');
const port = z.union([wholeNumber(1, 65_535).transform(String), z.string().regex(/^\d{1,5}$/)], {
  error: 'a number from 1 to 65535 is expected',
});
const server = {
  access,
  url: filled
    .optional()
    .describe('Address without a password, in place of the fields: "postgres://app@db-01:5432/shop".'),
  host: filled.optional().describe('Name or address of the server, or the folder of its socket.'),
  port: port.optional(),
  database: filled.optional().describe('Name of the database.'),
  user: filled.optional(),
  tls: z
    .enum(['off', 'require', 'verify'])
    .optional()
    .describe('"verify" checks certificate and name, and is the default for hosts that are not this machine.'),
  tls_ca: filled.optional().describe('File with the certificates to trust; relative to the bundle.'),
  tls_cert: filled.optional().describe('File with the certificate of the client.'),
  tls_key: filled.optional().describe('File with the key of the client.'),
  connect_timeout: filled.optional().describe('Time such as "10s", the default.'),
  secrets,
};
const schema = filled.optional().describe('Schema of the tables; "public" when left out.');

export const connectionShapes = {
  sqlite: z.strictObject({
    engine: z.literal('sqlite'),
    access,
    path: filled.describe('File; relative to the bundle.'),
  }),
  postgres: z.strictObject({
    engine: z.literal('postgres'),
    ...server,
    schema,
  }),
  mysql: z.strictObject({
    engine: z.literal('mysql'),
    ...server,
  }),
  pgvector: z.strictObject({
    engine: z.literal('pgvector'),
    ...server,
    schema,
  }),
  'sqlite-vec': z.strictObject({
    engine: z.literal('sqlite-vec'),
    access,
    path: filled.describe('File; relative to the bundle.'),
  }),
  qdrant: z.strictObject({
    engine: z.literal('qdrant'),
    access,
    url: filled.describe('For example "http://127.0.0.1:6333".'),
    secrets,
  }),
  chroma: z.strictObject({
    engine: z.literal('chroma'),
    access,
    url: filled.describe('For example "http://127.0.0.1:8000".'),
    tenant: filled.optional(),
    database: filled.optional(),
    secrets,
  }),
  folder: z.strictObject({
    engine: z.literal('folder'),
    access,
    path: filled.describe('Folder; relative to the bundle.'),
  }),
} as const;
export type Engine = keyof typeof connectionShapes;

const ruleShape = z.strictObject({
  severity: z
    .enum(['critical', 'error', 'warning', 'info'])
    .default('error')
    .describe('How bad a row is that the query returns.'),
  none: z
    .strictObject({
      connection: plainName.describe('Connection that the query runs on.'),
      sql: filled.describe('File of the bundle that ends in .sql, or the SELECT itself.'),
    })
    .describe('A query that must return no row.'),
  message: filled.optional().describe('Sentence for the report.'),
  suggestion: filled.optional().describe('What can be done about it.'),
});

const mapValue = z
  .union([z.string(), z.bigint(), z.boolean()], { error: 'text in quotes, a whole number, true or false is expected' })
  .transform(String);

/** Everything but the steps and connections, whose shapes depend on their kind and engine. */
export const profileShape = z.strictObject({
  overland: z.literal(1n, { error: 'this Overland reads format 1' }).describe('Version of the format: 1.'),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small letters, digits, ".", "_" and "-", at most 64')
    .describe('Name of the migration: small letters, digits, ".", "_" and "-".'),
  version: filled.max(64).describe('Version of the bundle, for people.'),
  title: filled.optional().describe('Heading of the Profile screen; the id when it is left out.'),
  description: z.string().default('').describe('What the migration does, for the person who runs it.'),
  author: filled.optional().describe('Who wrote it.'),
  reviewed: filled.optional().describe('Who reviewed it and when.'),
  constants: z
    .record(
      variableName,
      z.union([z.string(), z.bigint(), z.number(), z.boolean()], {
        error: 'text, a number, true or false is expected',
      }),
    )
    .default({})
    .describe('Values that expressions read as constants.x; part of the plan.'),
  connections: z.record(plainName, z.unknown()).describe('Named endpoints.'),
  policy: policyShape.prefault({}).describe('Limits, retries and what proposes a rollback.'),
  not_carried: z.record(filled, filled).default({}).describe('Source tables and columns that no step reads, and why.'),
  maps: z
    .record(variableName, z.record(z.string(), mapValue))
    .default({})
    .describe('Tables that values are translated by.'),
  steps: z.record(plainName, z.unknown()).describe('Units of work by id; "needs" gives their order.'),
  rules: z.record(plainName, ruleShape).default({}).describe('Rules of validation.'),
});
export type ProfileShape = z.output<typeof profileShape>;

/** What every step has, whatever its kind. */
export const stepHeadShape = z.looseObject({
  kind: filled.describe('Kind of the step, for example "records".'),
  needs: z.array(z.string()).default([]).describe('Steps that must be done before.'),
});
