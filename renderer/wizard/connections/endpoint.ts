import type { BundleView } from '#shared/contract/bundle.ts';
import type { ConnectionReport } from '#shared/contract/connection.ts';
import type { State } from '../../ui/state-icon.tsx';

export type BundleConnection = BundleView['connections'][number];

/** A connection of the bundle with what the last test found; report is null before it was tested. */
export type Endpoint = { connection: BundleConnection; report: ConnectionReport | null };

export type Standing = { state: State; words: string; tone: 'err' | 'warn' | 't3' };

const ports: Readonly<Record<string, string>> = { postgres: '5432', pgvector: '5432', mysql: '3306' };

/** Whether the connection is to a database server, with host, user and address. */
export function isServer({ engine }: BundleConnection): boolean {
  return Object.hasOwn(ports, engine);
}

/** The port that holds where none is given. */
export function standardPort(engine: string): string | undefined {
  return ports[engine];
}

/** Fields that the profile leaves open: they are to be filled in on this machine. */
export function openFields(connection: BundleConnection): string[] {
  return Object.entries(connection.fields)
    .filter(([, value]) => value.trim() === '')
    .map(([name]) => name);
}

export function standingOf({ connection, report }: Endpoint, testing: boolean): Standing {
  const open = openFields(connection);
  if (open.length) return { state: 'attention', words: `${labelOf(open[0] ?? '')} to be given`, tone: 'warn' };
  if (testing) return { state: 'running', words: 'Testing', tone: 't3' };
  if (!report) return { state: 'pending', words: 'Not tested', tone: 't3' };
  if (report.missingSecrets.length) return { state: 'attention', words: 'Secret needed', tone: 'warn' };
  if (report.ready) {
    const passed = report.facts.filter((fact) => fact.state !== 'error').length;
    return { state: 'completed', words: `${passed} ${passed === 1 ? 'check' : 'checks'} passed`, tone: 't3' };
  }
  if (report.findings.some((finding) => finding.category === 'missing_right')) {
    return { state: 'failed', words: 'A right is missing', tone: 'err' };
  }
  return { state: 'failed', words: report.product === null ? 'Not reached' : 'Not ready', tone: 'err' };
}

/** Role as the test names it, or as the access in the profile tells. */
export function roleOf({ connection, report }: Endpoint): string {
  return report?.role ?? { read: 'Source', write: 'Target', scratch: 'Scratch' }[connection.access];
}

const engineNames: Readonly<Record<string, string>> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
  qdrant: 'Qdrant',
  chroma: 'Chroma',
  pgvector: 'pgvector',
  'sqlite-vec': 'sqlite-vec',
  folder: 'Folder',
};

export function productOf({ connection, report }: Endpoint): string {
  // What the builder of a package added to the version is in the table of facts.
  return report?.product?.replace(/ \(.*\)$/, '') ?? engineNames[connection.engine] ?? connection.engine;
}

const fieldLabels: Readonly<Record<string, string>> = {
  path: 'File',
  host: 'Host',
  port: 'Port',
  database: 'Database',
  user: 'User',
  schema: 'Schema',
  url: 'Address',
  collection: 'Collection',
  tls: 'Encryption',
  tls_ca: 'Trusted certificates',
  tls_cert: 'Certificate of this client',
  tls_key: 'Key of this client',
  connect_timeout: 'Time limit to connect',
};

export function labelOf(field: string): string {
  return fieldLabels[field] ?? field.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
}
