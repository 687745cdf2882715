import type { Access, RelationalSession } from '../relational.ts';
import type { Links } from './links.ts';
import type { PostgresEndpoint } from './open.ts';

type Report = Awaited<ReturnType<RelationalSession['check']>>;

export async function checkEndpoint(subject: {
  readonly endpoint: PostgresEndpoint;
  readonly access: Access;
  readonly schema: string;
  readonly links: Links;
}): Promise<Report> {
  const version = await subject.links.with((link) => link.cell(`SELECT current_setting('server_version')`));
  return { product: `PostgreSQL ${version}`, facts: [], findings: [] };
}
