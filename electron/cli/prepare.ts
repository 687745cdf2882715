import { resolve } from 'node:path';
import type { PlanView } from '#shared/contract/plan.ts';
import { type ConsentVia, OverlandError } from '#shared/model/error.ts';
import { isError } from '#shared/model/finding.ts';
import type { CommandContext } from './context.ts';
import { follow } from './follow.ts';
import { UsageError } from './output.ts';
import { isAddress } from './settings.ts';
import { resolveTarget } from './target.ts';

/** Sets what the environment and `--connection` say for this bundle on this machine; the option has the last word. */
export async function applyOverrides(context: CommandContext, path: string): Promise<void> {
  const { services, settings } = context;
  await applyEnvironment(context, path);
  for (const { connection, field, value } of settings.connections) {
    if (field === 'url') await services.connection.setAddress({ path, connection, url: value, keep: null }, {});
    else await services.bundle.override({ path, connection, fields: { [field]: value } }, {});
  }
}

/** `OVERLAND_CONNECTION_<NAME>` may hold a password: it stays in the environment, and the connection is told its name. */
async function applyEnvironment({ services, settings }: CommandContext, path: string): Promise<void> {
  if (settings.environmentConnections.size === 0) return;
  const { connections } = await services.bundle.open({ path }, {});
  for (const { name: connection } of connections) {
    const variable = connection.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    const value = settings.environmentConnections.get(variable);
    if (value === undefined) continue;
    if (!isAddress(value)) {
      await services.bundle.override({ path, connection, fields: { path: resolve(value) } }, {});
      continue;
    }
    const bare = value.replace(/^([^:/?#]+:\/\/[^/?#@:]*):[^/?#]*@/, '$1@');
    await services.connection.setAddress({ path, connection, url: bare, keep: null }, {});
    if (bare !== value)
      await services.bundle.override({ path, connection, fields: { secret: `${variable}_PASSWORD` } }, {});
  }
}

/** A new run with an analysed plan. */
export async function makePlan(context: CommandContext, path: string): Promise<string> {
  await applyOverrides(context, path);
  await askSecrets(context, path);
  const { runId } = await context.services.plan.create({ path }, {});
  await follow(context, runId);
  return runId;
}

/** Asks for secrets that nobody has set; they live as long as this process. Where nobody can be asked, the engine says which. */
async function askSecrets(context: CommandContext, path: string): Promise<void> {
  const { services, terminal, signal } = context;
  if (!canAsk(context)) return;
  const { connections } = await services.bundle.open({ path }, {});
  if (connections.every((connection) => connection.secrets.length === 0)) return;
  const reports = await services.connection.check({ path, connection: null }, {});
  for (const name of new Set(reports.flatMap((report) => report.missingSecrets))) {
    const value = await terminal.askSecret(`Secret ${name}: `, signal);
    if (value !== '') await services.system.setSecret({ name, bundle: path, value, keep: 'session' }, {});
  }
}

/**
 * The run that a RUN or BUNDLE argument means: for a bundle its newest open run whose plan still holds, else a new one with
 * its plan made. A run that has begun to write is never taken up by naming its bundle.
 */
export async function prepareRun(context: CommandContext, text: string): Promise<string> {
  const target = await resolveTarget(context, text);
  if (target.kind === 'run') {
    if (context.settings.connections.length > 0) {
      throw new UsageError('--connection goes with a bundle; the connections of a run are those of its plan.');
    }
    return target.runId;
  }
  await applyOverrides(context, target.path);
  const { openRun } = await context.services.bundle.open({ path: target.path }, {});
  if (openRun === null) return makePlan(context, target.path);
  await requireUntouched(context, openRun);
  return reuseIfSame(context, openRun, await makePlan(context, target.path));
}

/** The same hash means the same plan: then the older run goes on, with the backup and the dry run that it has. */
async function reuseIfSame(context: CommandContext, older: string, newer: string): Promise<string> {
  const { services, output } = context;
  const known = await services.run.header({ runId: older }, {});
  const { hash } = await services.plan.get({ runId: newer }, {});
  if (known.planHash !== hash) return newer;
  await services.history.remove({ runId: newer }, {});
  output.note(`The plan is that of the open run ${older}; it goes on.`);
  return older;
}

async function requireUntouched(context: CommandContext, runId: string): Promise<void> {
  const { phase, condition, interrupted } = await context.services.run.snapshot({ runId }, {});
  if (phase === 'plan' || phase === 'backup' || phase === 'dry_run' || phase === 'cleanup') return;
  throw new OverlandError(
    'WRONG_STATE',
    `Run ${runId} of this bundle has begun and is not ended (${phase}, ${interrupted ? 'interrupted' : condition}).`,
    { phase, condition, allowed: ['resume', 'rollback', 'cleanup'] },
    { advice: `overland resume ${runId} goes on with it, overland rollback ${runId} takes it back.` },
  );
}

/** Shows the plan's consents and asks; `--yes` answers the plan's question, never a named consent. */
export async function acceptPlan(context: CommandContext, plan: PlanView): Promise<void> {
  const { settings, output } = context;
  // A consent that comes after the acceptance, as after a backup without space, is accepted with the plan once more.
  if (plan.acceptedAt !== null && !settings.consents.includes('no-backup')) return;
  const blocked = plan.findings.some(isError);
  // No consent helps; the engine says why.
  if (blocked) await context.services.plan.accept({ runId: plan.runId, hash: plan.hash, consents: [] }, {});
  const consents = [...settings.consents];
  const via: Record<string, ConsentVia> = Object.fromEntries(consents.map((name) => [name, 'flag']));
  noteUnasked(context, plan);
  const missing = plan.consents.filter((need) => !consents.includes(need.name));
  if (missing.length > 0 && !canAsk(context)) {
    throw new OverlandError(
      'CONSENT_MISSING',
      `The plan needs ${missing.length === 1 ? 'a consent' : `${missing.length} consents`} that --yes does not give. Nothing was changed.`,
      { needs: missing },
    );
  }
  for (const need of missing) {
    output.note(need.text);
    const wanted = need.typed ?? 'yes';
    const answer = await context.terminal.ask(`Type ${wanted} to consent (${need.name}): `, context.signal);
    if (answer.trim() !== wanted) {
      throw new OverlandError('CONSENT_MISSING', `Consent ${need.name} was not given. Nothing was changed.`, {
        needs: [need],
      });
    }
    consents.push(need.name);
    via[need.name] = 'terminal';
  }
  await confirm(context, 'Accept this plan?', 'accepts the plan');
  await context.services.plan.accept({ runId: plan.runId, hash: plan.hash, consents, via }, {});
}

/** A misspelt consent is a consent that is missing somewhere else; so it is said. */
function noteUnasked({ settings, output }: CommandContext, plan: PlanView): void {
  const known = ['no-backup', ...plan.consents.map((need) => need.name)];
  for (const name of settings.consents)
    if (!known.includes(name)) output.note(`The plan asks for no consent called ${name}; it changes nothing.`);
}

/** Asks unless `--yes`; where nobody can be asked, that is a usage error. */
export async function confirm(context: CommandContext, question: string, what: string): Promise<void> {
  if (context.settings.yes) return;
  if (!canAsk(context)) {
    throw new UsageError(`Nobody can be asked here: "${question}"`, `--yes ${what} without asking.`);
  }
  const answer = await context.terminal.ask(`${question} [y/N] `, context.signal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Not confirmed. Nothing was changed.');
}

function canAsk(context: CommandContext): boolean {
  return context.terminal.interactive && !context.settings.json;
}
