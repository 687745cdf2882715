import type { ConnectionReport } from '#shared/contract/connection.ts';
import { OverlandError } from '#shared/model/error.ts';
import { counted } from '#shared/model/figures.ts';
import { type Finding, isError, makeFinding } from '#shared/model/finding.ts';
import type { Session } from '../../../drivers/relational.ts';
import { atProfile } from '../../plan/at-profile.ts';
import { resolveEndpoint } from '../../profile/endpoint.ts';
import type { BundleFiles, Profile, ProfileConnection } from '../../profile/profile.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { withResource } from '../../run/with-resource.ts';
import { whereOf } from '../bundle/bundle-view.ts';
import { messageOf } from '../failure.ts';
import { roleOf, sourceFindings, stepsReading } from './source-needs.ts';

const longestCheckMs = 60_000;

type Checked = Pick<ConnectionReport, 'product' | 'where' | 'facts' | 'findings'>;
type Bundle = { readonly profile: Profile; readonly files: BundleFiles };

/** Opens one connection with its own access, looks, and closes it. What the endpoint answers is a finding, never an error. */
export async function checkConnection(
  context: EngineContext,
  bundle: Bundle,
  connection: ProfileConnection,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const { clock } = context.environment;
  const began = clock.monotonic();
  const missingSecrets = await secretsMissing(context, connection);
  const checked =
    missingSecrets.length > 0
      ? withoutSecrets(connection, missingSecrets)
      : await reach(context, bundle, connection, AbortSignal.any([signal, AbortSignal.timeout(longestCheckMs)])).catch(
          (error: unknown) => {
            signal.throwIfAborted();
            return notReached(connection, error);
          },
        );
  return {
    name: connection.name,
    role: roleOf(bundle.profile, connection),
    engine: connection.engine,
    ...checked,
    ready: !checked.facts.some((fact) => fact.state === 'error') && !checked.findings.some(isError),
    missingSecrets,
    grant: grantOf(checked.findings),
    checkedAt: clock.now().toISOString(),
    tookMs: clock.monotonic() - began,
  };
}

async function secretsMissing(context: EngineContext, connection: ProfileConnection): Promise<string[]> {
  const missing: string[] = [];
  for (const name of connection.secrets) {
    if ((await context.environment.secrets.where(name)) === null) missing.push(name);
  }
  return missing;
}

async function reach(
  context: EngineContext,
  bundle: Bundle,
  connection: ProfileConnection,
  signal: AbortSignal,
): Promise<Checked> {
  const driver = context.drivers.get(connection.engine);
  if (driver === undefined) return notSupported(context, connection);
  const { environment } = context;
  const endpoint = await resolveEndpoint(connection, bundle.files.folder, environment.secrets);
  const session = await driver.connect(endpoint, connection.access, environment, signal);
  return withResource(session, async () => {
    const { product, facts, findings } = await session.check();
    const needs = await sourceNeeds(context, bundle, connection, session);
    return {
      product,
      where: 'path' in endpoint ? endpoint.path : whereOf(connection),
      facts: [...facts.map((fact) => ({ ...fact })), ...needs.facts],
      findings: [...findings, ...needs.findings],
    };
  });
}

/** Holds what the steps read against what is there. */
async function sourceNeeds(
  context: EngineContext,
  { profile, files }: Bundle,
  connection: ProfileConnection,
  session: Session,
): Promise<Pick<Checked, 'facts' | 'findings'>> {
  const steps = stepsReading(profile, connection.name);
  if (steps.length === 0) return { facts: [], findings: [] };
  const findings = atProfile(await sourceFindings(context, profile, steps, session), files);
  const wrong = findings.filter(isError).length;
  return {
    findings,
    facts: [
      {
        check: needsWords[session.holds],
        found: wrong === 0 ? 'all are there' : `${counted(wrong, 'is', 'are')} missing or different`,
        needed: `what ${counted(steps.length, 'step reads', 'steps read')}: ${steps.map((step) => step.id).join(', ')}`,
        state: wrong === 0 ? 'ok' : 'error',
      },
    ],
  };
}

const needsWords = { tables: 'Tables and columns', files: 'Files and keys', vectors: 'Collections' } as const;

function withoutSecrets(connection: ProfileConnection, missing: readonly string[]): Checked {
  return {
    product: null,
    where: whereOf(connection),
    facts: [
      {
        check: 'Secrets',
        found: `${missing.join(', ')} not set`,
        needed: connection.secrets.join(', '),
        state: 'error',
      },
    ],
    findings: missing.map((name) =>
      makeFinding({
        severity: 'error',
        category: 'secret_missing',
        message: `Secret ${name} of ${connection.name} is not set.`,
        path: `connections.${connection.name}`,
        suggestion: `Enter it here, or start Overland with OVERLAND_SECRET_${name.toUpperCase()} set.`,
      }),
    ),
  };
}

function notSupported(context: EngineContext, connection: ProfileConnection): Checked {
  return {
    product: null,
    where: whereOf(connection),
    facts: [
      { check: 'Engine', found: connection.engine, needed: [...context.drivers.keys()].join(', '), state: 'error' },
    ],
    findings: [
      makeFinding({
        severity: 'error',
        category: 'engine_unknown',
        message: `This Overland cannot open connections of engine ${connection.engine}.`,
        path: `connections.${connection.name}.engine`,
        suggestion: 'Use a version that knows it.',
      }),
    ],
  };
}

function notReached(connection: ProfileConnection, error: unknown): Checked {
  return {
    product: null,
    where: whereOf(connection),
    facts: [{ check: 'Reached', found: 'no', needed: 'an endpoint that can be opened', state: 'error' }],
    findings: findingsOf(connection, error),
  };
}

function findingsOf(connection: ProfileConnection, error: unknown): Finding[] {
  if (error instanceof OverlandError && error.code === 'CONNECTION') {
    const { findings } = error.data as OverlandError<'CONNECTION'>['data'];
    if (findings.length > 0) return findings;
  }
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  return [
    makeFinding({
      severity: 'error',
      category: 'unreachable',
      message: timedOut
        ? `${connection.name} did not answer within ${longestCheckMs / 1000} s.`
        : `${connection.name} cannot be opened: ${messageOf(error)}`,
      path: `connections.${connection.name}`,
      suggestion: (error instanceof OverlandError ? error.advice : null) ?? 'Check where the connection points.',
    }),
  ];
}

/** Statement that a driver suggests for missing rights; file engines have none. */
function grantOf(findings: readonly Finding[]): string | null {
  const grants = findings
    .map((finding) => finding.suggestion)
    .filter((text): text is string => text !== null && /^GRANT /m.test(text));
  return grants.length === 0 ? null : grants.join('\n');
}
