import type { FolderSession } from '../../drivers/files.ts';
import type { RelationalSession } from '../../drivers/relational.ts';
import type { VectorSession } from '../../drivers/vector.ts';
import type { ReadEnv, WorkEnv } from '../steps/step-kind.ts';
import type { RunBundle } from './bundle-of-run.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';
import type { SessionPool } from './session-pool.ts';

type Parts = {
  readonly context: EngineContext;
  readonly run: Pick<RunRecord, 'id' | 'started_at'>;
  readonly bundle: RunBundle;
  readonly pool: SessionPool;
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly report: ReadEnv['report'];
};

/** What a step gets to plan or validate with. */
export function readEnv({ context, run, bundle, pool, scratch, signal, report }: Parts): ReadEnv {
  const { profile, files } = bundle;
  return {
    environment: context.environment,
    files,
    constants: profile.constants,
    run: { id: run.id, startedAt: run.started_at },
    policy: profile.policy,
    maps: profile.maps,
    sensitive: profile.sensitive,
    signal,
    scratch,
    session: (name: string): Promise<RelationalSession> => pool.tables(name),
    folder: (name: string): Promise<FolderSession> => pool.folder(name),
    vectors: (name: string): Promise<VectorSession> => pool.vectors(name),
    report,
  };
}

/** The same for units. */
export function workEnv(parts: Parts, mode: WorkEnv['mode'], onlyKeys: ReadonlySet<string> | null = null): WorkEnv {
  return { ...readEnv(parts), mode, onlyKeys };
}
