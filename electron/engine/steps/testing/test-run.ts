import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '#shared/model/finding.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import { drivers } from '../../../drivers/registry.ts';
import { type Fence, holdsTables, type Session } from '../../../drivers/relational.ts';
import { holderOf } from '../../../drivers/sqlite/testing.ts';
import { emptyWorld, type World, withTables } from '../../plan/world.ts';
import type { LoadedProfile } from '../../profile/load-profile.ts';
import type { Profile } from '../../profile/profile.ts';
import { RunControl } from '../../run/run-control.ts';
import { type PoolMode, SessionPool } from '../../run/session-pool.ts';
import { runUnit } from '../../run/unit-runner.ts';
import { sumChunkDigests } from '../chunk-digest.ts';
import { dropPlanScratch } from '../plan-scratch.ts';
import type {
  DryRunSample,
  Planned,
  QuarantineEntry,
  StepDone,
  UndoEnv,
  UndoResult,
  UnitWork,
  ValidationItem,
  WorkEnv,
} from '../step-kind.ts';
import type { StepBench } from './step-bench.ts';
import { TestBooks } from './test-books.ts';

type StepOutcome = {
  readonly counts: Counts;
  readonly quarantine: readonly QuarantineEntry[];
  readonly splits: number;
};

type ExecuteOptions = {
  readonly mode?: WorkEnv['mode'];
  readonly only?: string;
  readonly onlyKeys?: ReadonlySet<string>;
  /** Fails after so many committed chunks of a step, as a killed process would leave it. */
  readonly stopAfter?: number;
  readonly plan?: (step: string) => unknown;
};
type UndoOutcome = { readonly results: readonly UndoResult[]; readonly findings: readonly Finding[] };

/** Plans, executes, validates and undoes the steps of one profile. */
export class TestRun {
  readonly planned = new Map<string, Planned<unknown>>();
  readonly outcomes = new Map<string, StepOutcome>();
  readonly samples: DryRunSample[] = [];
  readonly exported: { output: string; key: string; row: string }[] = [];
  epoch = 1n;
  readonly profile: Profile;
  readonly #bench: StepBench;
  readonly #loaded: LoadedProfile;
  readonly #runId: string;

  constructor(bench: StepBench, loaded: LoadedProfile, runId: string) {
    this.#bench = bench;
    this.#loaded = loaded;
    this.profile = loaded.profile;
    this.#runId = runId;
  }

  get fence(): Fence {
    return { runId: this.#runId, epoch: this.epoch };
  }

  #session(env: WorkEnv, name: string): Promise<Session> {
    return this.profile.connections.get(name)?.engine === 'folder' ? env.folder(name) : env.session(name);
  }

  async plan(): Promise<readonly Finding[]> {
    return this.#withEnv('read', 'execute', async (env) => {
      let world: World = emptyWorld;
      for (const name of this.profile.connections.keys()) {
        const opened = await this.#session(env, name);
        if (!holdsTables(opened)) continue;
        const { tables } = await opened.catalog(null);
        world = withTables(
          world,
          name,
          new Map(tables.map((info) => [info.name, { info, madeBy: null, rows: info.rows }])),
        );
      }
      const findings: Finding[] = [];
      for (const step of this.profile.steps) {
        const planned = await step.kind.plan(step.spec, step, world, env);
        // As the journal keeps it.
        this.planned.set(step.id, { ...planned, plan: JSON.parse(JSON.stringify(planned.plan)) });
        findings.push(...planned.findings);
        world = planned.after;
      }
      return findings;
    });
  }

  async execute(options: ExecuteOptions = {}): Promise<void> {
    const mode = options.mode ?? 'execute';
    await this.#withEnv(mode === 'dry_run' ? 'scratch' : 'write', mode, async (bare) => {
      const env = { ...bare, onlyKeys: options.onlyKeys ?? null };
      for (const name of this.#targets())
        await (await this.#session(env, name)).control.enter(this.fence, 'hash', holderOf(this.#runId));
      for (const step of this.profile.steps) {
        if (options.only && step.id !== options.only) continue;
        const books = new TestBooks(options.stopAfter ?? null);
        const plan = options.plan?.(step.id) ?? this.planned.get(step.id)!.plan;
        for await (const unit of step.kind.units(plan, step, env)) {
          await runUnit(unit, {
            fence: this.fence,
            control: new RunControl(),
            policy: this.profile.policy,
            books,
            monotonic: () => env.environment.clock.monotonic(),
          });
          this.samples.push(...(unit.samples?.() ?? []));
        }
        this.outcomes.set(step.id, { counts: books.counts, quarantine: books.quarantine, splits: books.splits });
      }
    });
  }

  async validate(scope: 'quick' | 'full'): Promise<readonly ValidationItem[]> {
    return this.#withEnv('read', 'execute', async (env) => {
      const items: ValidationItem[] = [];
      const shared = await Promise.all(this.profile.steps.map((step) => this.#done(step.id, env)));
      for (const [at, step] of this.profile.steps.entries()) {
        const own = shared[at]!;
        const setAside = new Set(
          this.outcomes
            .get(step.id)
            ?.quarantine.filter((entry) => entry.output === null)
            .map((entry) => entry.key),
        );
        const done: StepDone = { counts: own.counts, digests: own.digests, before: {}, setAside, shared };
        for await (const item of step.kind.validate(this.planned.get(step.id)!.plan, step, scope, done, env))
          items.push(item);
      }
      return items;
    });
  }

  /** Undoes all steps, last first; stops at the first result that is not undone. */
  async undo(diverged: UndoEnv['diverged'] = 'stop'): Promise<UndoOutcome> {
    return this.#withEnv('write', 'undo', async (env) => {
      const results: UndoResult[] = [];
      const findings: Finding[] = [];
      const undo: UndoEnv = {
        fence: this.fence,
        signal: env.signal,
        diverged,
        saved: () => null,
        export: async (entry) => {
          this.exported.push(entry);
        },
      };
      for (const step of this.profile.steps.toReversed()) {
        const units: UnitWork[] = [];
        for await (const unit of step.kind.units(this.planned.get(step.id)!.plan, step, env)) units.unshift(unit);
        for (const unit of units) {
          const chunks = (await unit.ledger.chunks()).filter((chunk) => chunk.state === 'done').reverse();
          for (const { path, bounds } of chunks) {
            const result = await unit.undo({ unit: unit.id, path, bounds, attempt: 0 }, undo);
            results.push(result);
            if (result.kind !== 'undone' && result.kind !== 'nothing') return { results, findings };
          }
          findings.push(...(await unit.finishUndo(undo)));
        }
      }
      return { results, findings };
    });
  }

  async cleanUp(): Promise<void> {
    await this.#withEnv('write', 'execute', async (env) => {
      for (const name of this.#targets()) await (await this.#session(env, name)).control.leave(this.#runId);
    });
  }

  #targets(): string[] {
    return [...this.profile.connections.values()].filter((one) => one.access === 'write').map((one) => one.name);
  }

  async #done(id: string, env: WorkEnv): Promise<StepDone['shared'][number]> {
    const step = this.profile.steps.find((one) => one.id === id)!;
    const { writes } = step.kind.connections(step.spec);
    const control = (await this.#session(env, writes[0]!)).control;
    const digests: string[] = [];
    let counts = noCounts;
    for await (const unit of step.kind.units(this.planned.get(id)!.plan, step, env)) {
      for (const chunk of await control.chunks(this.#runId, unit.id)) {
        if (chunk.state !== 'done') continue;
        digests.push(chunk.digest ?? '');
        if (chunk.counts) counts = addCounts(counts, chunk.counts);
      }
    }
    return { step: id, digests: sumChunkDigests(digests), counts };
  }

  async #withEnv<T>(pool: PoolMode, mode: WorkEnv['mode'], work: (env: WorkEnv) => Promise<T>): Promise<T> {
    const { environment, folder } = this.#bench;
    const scratch = join(folder, `scratch-${environment.random.id(6)}`);
    mkdirSync(scratch);
    const { signal } = new AbortController();
    const sessions = new SessionPool(
      { environment, drivers },
      this.profile,
      this.#loaded.files.folder,
      pool,
      scratch,
      signal,
    );
    try {
      return await work({
        environment,
        files: this.#loaded.files,
        constants: this.profile.constants,
        run: { id: this.#runId, startedAt: '2025-06-01T00:00:00.000Z' },
        policy: this.profile.policy,
        maps: this.profile.maps,
        sensitive: this.profile.sensitive,
        signal,
        scratch,
        session: (name) => sessions.tables(name),
        folder: (name) => sessions.folder(name),
        vectors: (name) => sessions.vectors(name),
        report: () => undefined,
        mode,
        onlyKeys: null,
      });
    } finally {
      await dropPlanScratch(scratch, environment);
      await sessions[Symbol.asyncDispose]();
    }
  }
}
