import type { KeyPath } from './key-path.ts';
import type { ProblemList } from './problems.ts';
import type { Overrides, ProfileConnection } from './profile.ts';
import { isAddressed, parseServerAddress } from './server-address.ts';
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
  if (!isTable(given)) {
    problems.add(
      ['connections', name],
      `Connection \`${name}\` is not a table`,
      'For example { engine = "sqlite", path = "legacy.db" }.',
    );
    return null;
  }
  const { engine } = { ...given, ...override };
  if (typeof engine !== 'string' || !isEngine(engine)) {
    const known = Object.keys(connectionShapes);
    const message = engine === undefined ? '`engine` is missing' : `There is no engine ${JSON.stringify(engine)}`;
    problems.add(['connections', name, 'engine'], message, didYouMean(String(engine ?? ''), known));
    return null;
  }
  const path = ['connections', name];
  const own = plainFields(name, engine, given, problems);
  // A secret that the operator chose on this machine is named, as those of the profile are.
  const { secret, ...set } = override;
  const over = plainFields(name, engine, set, problems);
  const raw: Record<string, unknown> = { ...own, ...over, ...(secret ? { secrets: [secret] } : {}) };
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
  if (isAddressed(engine) && !requireServer(raw, given, path, problems)) return null;
  const { access, secrets, ...rest } = parsed.data as { access: ProfileConnection['access']; secrets?: string[] };
  const fields = Object.entries(rest).filter(([key, value]) => key !== 'engine' && typeof value === 'string');
  return {
    name,
    engine,
    access,
    fields: Object.fromEntries(fields) as Record<string, string>,
    overridden: Object.keys(over).filter((key) => String(own[key] ?? '') !== over[key]),
    secrets: secrets ?? [],
  };
}

/** The table without what must not stand in it, and with an address taken apart into the fields that it stands for. */
function plainFields(
  name: string,
  engine: Engine,
  given: Readonly<Record<string, unknown>>,
  problems: ProblemList,
): Record<string, unknown> {
  const path = ['connections', name];
  const raw: Record<string, unknown> = { ...given };
  for (const key of secretFields(raw)) {
    problems.add([...path, key], `\`${key}\` holds a secret, and a profile holds none`, secretAdvice(name));
    delete raw[key];
  }
  const { url } = raw;
  if (!isAddressed(engine) || typeof url !== 'string') return raw;
  delete raw['url'];
  const parsed = parseServerAddress(engine, url);
  if ('message' in parsed) {
    problems.add([...path, 'url'], parsed.message, parsed.advice);
    return raw;
  }
  for (const [field, value] of Object.entries(parsed.fields)) {
    const beside = raw[field];
    if (beside !== undefined && String(beside) !== value) {
      const message = `\`url\` says ${field} ${value}, \`${field}\` says ${String(beside)}`;
      problems.add([...path, field], message, 'Give it once.');
    }
  }
  return { ...raw, ...parsed.fields };
}

/** A server has a host and a database, by fields or in its address. What was refused already is not missing as well. */
function requireServer(raw: object, given: object, path: KeyPath, problems: ProblemList): boolean {
  if ('url' in given) return 'host' in raw && 'database' in raw;
  const missing = ['host', 'database'].filter((field) => !(field in raw));
  for (const field of missing)
    problems.add([...path, field], `\`${field}\` is missing`, 'Or give the whole address as `url`.');
  return missing.length === 0;
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
