import { join } from 'node:path';
import { drivers, relationalDriver } from '../../drivers/registry.ts';
import type { Endpoint, RelationalDriver, RelationalSession } from '../../drivers/relational.ts';
import type { Environment } from '../../platform/environment.ts';
import type { World } from '../plan/world.ts';
import type { ReadEnv, StepHead } from './step-kind.ts';

/** A scratch copy of a target while a plan is made: what earlier steps would have left is there, so that later ones can be measured. */
export type PlanScratch = {
  readonly session: RelationalSession;
  /** Goes into `World.results`, so that the next step goes on with this copy. */
  readonly result: readonly [name: string, endpoint: Endpoint];
};

/** Opens the scratch copy of a target, made by the first step that asks for it. The caller closes the session. */
export async function openPlanScratch(
  target: RelationalSession,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<PlanScratch> {
  const driver = driverOf(target);
  const name = `scratch/${target.endpoint.name}`;
  const known = world.results.get(name) as Endpoint | undefined;
  const endpoint = known ?? (await makeScratch(driver, target.endpoint, step, env));
  const session = await driver.connect(endpoint, 'scratch', env.environment, env.signal);
  return { session, result: [name, endpoint] };
}

/** Drops what the steps of a plan made on servers. `folder` is the scratch folder of the plan. Errors are logged: the plan stands. */
export async function dropPlanScratch(folder: string, environment: Environment): Promise<void> {
  const endpoints = made.get(folder) ?? [];
  made.delete(folder);
  for (const endpoint of endpoints) {
    await drivers
      .get(endpoint.engine)
      ?.dropScratch?.(endpoint, environment)
      .catch((error: unknown) =>
        environment.log.warn('A scratch copy was not dropped', { connection: endpoint.name, error }),
      );
  }
}

/** By the scratch folder of the plan that they were made for. */
const made = new Map<string, Endpoint[]>();

export function withResult(world: World, result: readonly [string, unknown]): World {
  return { ...world, results: new Map(world.results).set(...result) };
}

function driverOf(session: RelationalSession): RelationalDriver {
  return relationalDriver(session.endpoint.engine);
}

async function makeScratch(driver: RelationalDriver, of: Endpoint, step: StepHead, env: ReadEnv): Promise<Endpoint> {
  const folder = join(env.scratch, `plan-${step.id}`);
  await env.environment.fs.remove(folder);
  await env.environment.fs.makeFolder(folder, 0o700);
  const endpoint = await driver.makeScratch(of, folder, env.environment, env.signal);
  made.set(env.scratch, [...(made.get(env.scratch) ?? []), endpoint]);
  return endpoint;
}
