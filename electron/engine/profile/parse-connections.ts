import type { ProblemList } from './problems.ts';
import type { Overrides, ProfileConnection } from './profile.ts';
import { connectionShapes, type Engine } from './shape.ts';
import { didYouMean } from './suggest.ts';

/** Parses `[connections]` with the overrides of this machine laid over it. */
export function parseConnections(
  raw: Readonly<Record<string, unknown>>,
  overrides: Overrides,
  problems: ProblemList,
): ReadonlyMap<string, ProfileConnection> {
  const connections = new Map<string, ProfileConnection>();
  for (const [name, given] of Object.entries(raw)) {
    const connection = parseConnection(name, given, overrides[name] ?? {}, problems);
    if (connection) connections.set(name, connection);
  }
  for (const name of Object.keys(overrides)) {
    if (Object.hasOwn(raw, name)) continue;
    const message = `A setting of this machine is for connection \`${name}\`, which the profile does not have`;
    problems.add(['connections'], message, didYouMean(name, Object.keys(raw)));
  }
  return connections;
}

function parseConnection(
  name: string,
  given: unknown,
  override: Readonly<Record<string, string>>,
  problems: ProblemList,
): ProfileConnection | null {
  const path = ['connections', name];
  if (!isTable(given)) {
    problems.add(
      path,
      `Connection \`${name}\` is not a table`,
      'For example { engine = "sqlite", path = "legacy.db" }.',
    );
    return null;
  }
  const raw: Record<string, unknown> = { ...given, ...override };
  const { engine } = raw;
  if (typeof engine !== 'string' || !isEngine(engine)) {
    const known = Object.keys(connectionShapes);
    const message = engine === undefined ? '`engine` is missing' : `There is no engine ${JSON.stringify(engine)}`;
    problems.add([...path, 'engine'], message, didYouMean(String(engine ?? ''), known));
    return null;
  }
  for (const key of secretFields(raw)) {
    problems.add([...path, key], `\`${key}\` holds a secret, and a profile holds none`, secretAdvice(name));
    delete raw[key];
  }
  const shape = connectionShapes[engine];
  const parsed = shape.safeParse(raw);
  if (!parsed.success) {
    // An address that was taken out for its password is not missing.
    const kept = parsed.error.issues.filter(
      (issue) => !(typeof issue.path[0] === 'string' && !(issue.path[0] in raw) && issue.path[0] in given),
    );
    problems.addIssuesAt(path, kept, shape, raw);
    return null;
  }
  const { access, secrets, ...rest } = parsed.data as { access: ProfileConnection['access']; secrets?: string[] };
  const fields = Object.entries(rest).filter(([key, value]) => key !== 'engine' && typeof value === 'string');
  return {
    name,
    engine,
    access,
    fields: Object.fromEntries(fields) as Record<string, string>,
    overridden: Object.keys(override).filter((key) => String(given[key] ?? '') !== override[key]),
    secrets: secrets ?? [],
  };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

function isEngine(name: string): name is Engine {
  return Object.hasOwn(connectionShapes, name);
}

/** Fields whose name says secret, and addresses with a password inside. The value is never repeated. */
function secretFields(raw: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(raw).filter((key) => {
    const value = raw[key];
    if (key === 'secrets') return false;
    if (/^(?:pass(?:word|wd|phrase)?|pwd|secret|token|auth|api[-_]?key|credentials?)$/i.test(key)) return true;
    return typeof value === 'string' && /:\/\/[^/@\s]*:[^/@\s]+@|[?&;\s](?:password|pwd|token|api_?key)=/i.test(value);
  });
}

function secretAdvice(name: string): string {
  const secret = `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_PASSWORD`;
  return `Write secrets = ["${secret}"] and set it in the key store, as OVERLAND_SECRET_${secret} or when asked.`;
}
