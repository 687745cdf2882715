import type { Estimate, KeyFate, Touched, TypeMapping } from '#shared/contract/plan.ts';
import type { ConsentNeed } from '#shared/model/error.ts';
import type { Finding, Problem } from '#shared/model/finding.ts';
import type { CommitClass, Counts, StepKindName, UndoMode } from '#shared/model/run.ts';
import type { Reject, Value } from '#shared/model/value.ts';
import type { FolderSession } from '../../drivers/files.ts';
import type {
  Bounds,
  Catalog,
  Chunk,
  DbError,
  Fence,
  Fingerprint,
  LedgerChunk,
  ProtectedItem,
  RelationalSession,
  Session,
} from '../../drivers/relational.ts';
import type { VectorSession } from '../../drivers/vector.ts';
import type { Environment } from '../../platform/environment.ts';
import type { World } from '../plan/world.ts';
import type { BundleFiles, ProfileConstants, SourceMap } from '../profile/profile.ts';

/**
 * One kind of step. A kind yields units, a unit yields bounds and applies one chunk; the runner alone owns retry, bisection,
 * resume, cancel, parallelism and progress, and knows no kind by name.
 */
export interface StepKind<Spec = unknown, P = unknown> {
  readonly kind: StepKindName;
  /** A stored plan of another version is refused, never reinterpreted. */
  readonly planVersion: number;
  /** `raw` is the step's table without `kind` and `needs`; paths of `at` begin at the step. All problems at once. */
  parse(
    raw: unknown,
    at: SourceMap,
    context: ParseContext,
  ): { readonly spec: Spec } | { readonly problems: readonly Problem[] };
  /** What the Profile screen says of the step; needs no connection. */
  describe(spec: Spec, id: string): StepWords;
  /** Connections that the step reads and writes. */
  connections(spec: Spec): { readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** What the step does at its target, for the rights that it needs; needs no connection. */
  rights?(spec: Spec): StepRights;
  /** What the step misses in a source, before anything is planned: findings name table and column. Reads structure only. */
  examine?(
    spec: Spec,
    step: StepHead,
    source: Session,
    env: Pick<ReadEnv, 'maps' | 'constants' | 'run'>,
  ): Promise<readonly Finding[]>;
  /** Reads only; `world` is what earlier steps will have made. The plan `P` is plain JSON and is stored. */
  plan(spec: Spec, step: StepHead, world: World, env: ReadEnv): Promise<Planned<P>>;
  /** The stored plan under a spec whose rules were changed for a replay; null when the change reaches further than rules. */
  amend?(plan: P, spec: Spec): P | null;
  /** Maps records that were set aside once more; gives what would be set aside again. Reads only. */
  retry?(
    plan: P,
    step: StepHead,
    records: readonly ReadonlyMap<string, Value>[],
    env: ReadEnv,
  ): Promise<readonly Reject[]>;
  /** What the step may change, object by object, for the rollback point; everything of its targets when not given. */
  protects?(plan: P, step: StepHead, env: ReadEnv): AsyncIterable<ProtectedObject>;
  /** The dry run is the same code in an environment whose targets are scratch. */
  units(plan: P, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork>;
  /** Needs the stored plan, journal counts and the ends: works months later. */
  validate(
    plan: P,
    step: StepHead,
    scope: 'quick' | 'full',
    done: StepDone,
    env: ReadEnv,
  ): AsyncIterable<ValidationItem>;
}

/** `object`: a table, a path below the root of a folder (a folder stands for all it holds), a collection. */
export type ProtectedObject = { readonly connection: string; readonly object: string };

/** `tables` null: which ones is known only when the ends are looked into. */
export type StepRights = {
  readonly connection: string;
  readonly structure: boolean;
  readonly mode: 'insert' | 'upsert' | 'replace';
  readonly tables: readonly string[] | null;
};

export type ParseContext = {
  readonly connections: ReadonlySet<string>;
  /** Engine of a connection, overrides applied; null when it is not known. */
  readonly engineOf?: (connection: string) => string | null;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly constants: ProfileConstants;
  readonly files: BundleFiles;
  /** File that the step is written in, for problems: `profile.toml`. */
  readonly file: string;
  /** Id of the step; keys in problems and rules begin with `steps.<id>`. */
  readonly step: string;
};

export type StepHead = { readonly id: string; readonly ord: number; readonly needs: readonly string[] };
export type StepWords = { readonly from: string; readonly to: string; readonly words: string; readonly undo: UndoMode };

/** What a step may use while it plans or validates. Sessions are opened once per connection and closed by the caller. */
export interface ReadEnv {
  readonly environment: Environment;
  readonly files: BundleFiles;
  readonly constants: ProfileConstants;
  /** `id` and `started_at` as `run.id` and `run.started_at` in expressions; frozen in the journal. */
  readonly run: { readonly id: string; readonly startedAt: string };
  readonly policy: Policy;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `legacy.subtasks.results` ...: masked wherever a person sees them. */
  readonly sensitive: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Scratch folder of this run, ours alone. */
  readonly scratch: string;
  /** A database; fails with CONNECTION when the connection is something else. */
  session(connection: string): Promise<RelationalSession>;
  folder(connection: string): Promise<FolderSession>;
  vectors(connection: string): Promise<VectorSession>;
  /** Says how far it is, for the screen: read so far, of how many, in words. */
  report(progress: {
    readonly done: number;
    readonly total: number | null;
    readonly unit: string;
    readonly note?: string;
  }): void;
}

/** The same, for units: sessions of connections with write access can write. In a dry run they are scratch copies. */
export interface WorkEnv extends ReadEnv {
  readonly mode: 'execute' | 'dry_run' | 'undo' | 'replay';
  /** In a replay: only these source keys of the step are taken. */
  readonly onlyKeys: ReadonlySet<string> | null;
}

export type Policy = {
  readonly chunk: { readonly rows: number; readonly bytes: number; readonly seconds: number };
  readonly retry: { readonly attempts: number; readonly delayMs: number; readonly maxDelayMs: number };
  readonly limits: {
    readonly quarantineShare: number | null;
    readonly rowBytes: number;
    readonly windowSeconds: number | null;
    readonly slowdownShare: number | null;
  };
  /** How long a migration waits for a lock, and how long one of its statements may take; null: as the server has it. */
  readonly timeouts: { readonly lockMs: number | null; readonly statementMs: number | null };
  readonly rollbackOn: readonly ('loss' | 'critical' | 'slowdown' | 'window')[];
  readonly source: 'quiesced' | 'snapshot' | 'moving';
  /** Execute is refused while others are connected. */
  readonly requireQuiet: boolean;
};

export type Planned<P> = {
  readonly plan: P;
  readonly touches: readonly Touched[];
  readonly touchesText: string;
  readonly amount: number;
  readonly unit: string;
  readonly bytes: number | null;
  /** Of execute; null when nothing could be measured. */
  readonly estimate: Estimate | null;
  readonly rowsPerSecond: number | null;
  readonly findings: readonly Finding[];
  readonly undo: UndoMode;
  readonly undoText: string;
  readonly commit: CommitClass;
  readonly commitText: string;
  readonly readBy: string;
  readonly types: readonly {
    column: string;
    sourceType: string;
    target: string;
    targetType: string;
    fit: 'exact' | 'widened' | 'rule';
    rule: string | null;
    seen: string;
    rules?: TypeMapping['rules'];
  }[];
  /** Of a step over documents: what becomes of each key of its sources. */
  readonly keys?: readonly Omit<KeyFate, 'step'>[];
  /** Source columns the step reads, as `connection.table.column`; `table.*` for all. For the coverage ledger. */
  readonly reads: readonly string[];
  /** Consents that this step asks for by name, beside the one for having no way back. */
  readonly consents?: readonly ConsentNeed[];
  /** Bytes it will need on the target, and in scratch. */
  readonly space: readonly { readonly connection: string | null; readonly bytes: number; readonly purpose: string }[];
  /**
   * By connection, the objects whose state the plan rests on, of a connection that holds more than this step looks at: paths of a
   * folder (a folder stands for all it holds), collections. Connections that are not named are watched whole.
   */
  readonly watches?: Readonly<Record<string, readonly string[]>>;
  readonly after: World;
};

/** A table, file, collection or migration. */
export interface UnitWork extends AsyncDisposable {
  readonly id: string;
  readonly needs: readonly string[];
  readonly commit: CommitClass;
  /** Chunks that may be applied at the same time; 1 when not given. */
  readonly parallel?: number;
  /** Records it will take, for progress; null when not known. */
  readonly total: number | null;
  /** A sample of it would leave steps after it without what they need: it is never cut. */
  readonly whole?: boolean;
  /** The target's own list of chunks. */
  readonly ledger: ChunkLedger;
  /** Deterministic; the runner stores all of them in the ledger before the first write. */
  bounds(signal: AbortSignal): AsyncIterable<Bounds>;
  /** One commit. Claims the chunk first. Never throws for what the data or the engine answers. */
  apply(chunk: Chunk, env: ApplyEnv): Promise<ApplyResult>;
  /** Bounds of the two halves, split after `hint` records or in the middle; null when one record is left. */
  halves(chunk: Chunk, hint: number | null): Promise<readonly [Bounds, Bounds] | null>;
  /** Commits a chunk of one record that cannot be written: claims it, counts it as rejected. */
  reject(chunk: Chunk, error: DbError, env: ApplyEnv): Promise<ApplyResult>;
  /** After a crash, where commit is not a target transaction. */
  probe(chunk: Chunk): Promise<'absent' | 'present' | 'partial' | 'foreign'>;
  /** After the last chunk: indexes, constraints, sequences, ANALYZE. Idempotent. */
  settle(
    env: ApplyEnv,
  ): AsyncIterable<{ readonly action: string; readonly object: string; readonly rejects: readonly QuarantineEntry[] }>;
  /** Undoes one committed chunk in one transaction. */
  undo(chunk: Chunk, env: UndoEnv): Promise<UndoResult>;
  /** After all chunks are undone: drops what was created, and looks whether the old state is back. */
  finishUndo(env: UndoEnv): Promise<readonly Finding[]>;
  /** Records to show before and after, picked so that every rule is seen; only in a dry run. */
  samples?(): readonly DryRunSample[];
}

export interface ChunkLedger {
  chunks(): Promise<readonly LedgerChunk[]>;
  add(fence: Fence, chunks: readonly { path: string; bounds: Bounds }[]): Promise<void>;
  split(fence: Fence, path: string, halves: readonly { path: string; bounds: Bounds }[]): Promise<void>;
}

export type ApplyEnv = {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  /** Must be awaited before the chunk commits: what is set aside is in the journal before the target says "done". */
  readonly quarantine: (entries: readonly QuarantineEntry[]) => Promise<void>;
  /** Records handled of the chunk so far, for the live rate; uncommitted. */
  readonly onRecords: (records: number) => void;
};

export type UndoEnv = {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  readonly diverged: 'stop' | 'keep' | 'export_and_remove';
  /** What the backup saved of a connection; null when there is no rollback point. */
  readonly saved: (connection: string) => SavedItems | null;
  /** Keeps a row that others changed before it is removed. */
  readonly export: (entry: { readonly output: string; readonly key: string; readonly row: string }) => Promise<void>;
};

/** `folder` is the connection's folder in the rollback point; files of items are relative to it. */
export type SavedItems = { readonly folder: string; readonly items: readonly ProtectedItem[] };

export type QuarantineEntry = Reject & {
  /** The whole source record as JSON with exact values: bigint as digits, bytes as base64, see docs/formats.md. */
  readonly record: string;
  /** Key of the profile that decided it, null when the engine refused the row. */
  readonly rule: string | null;
};

export type ApplyResult =
  | { readonly kind: 'committed'; readonly counts: Counts; readonly digest: string }
  | { readonly kind: 'already_done' }
  /** The runner splits at the hint, else in halves; one record left is set aside. */
  | { readonly kind: 'bad_data'; readonly recordHint: number | null; readonly error: DbError }
  | { readonly kind: 'transient'; readonly error: DbError; readonly retryAfterMs: number | null }
  | { readonly kind: 'permanent'; readonly error: DbError }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'stopped' };

export type UndoResult =
  | { readonly kind: 'undone'; readonly rows: number; readonly diverged: readonly Finding[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'diverged'; readonly findings: readonly Finding[] }
  | { readonly kind: 'failed'; readonly error: DbError }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'stopped' };

/** What the journal knows of an executed step, for validation. */
export type StepDone = {
  readonly counts: Counts;
  /** Additive digest per output table of what was committed, see engine/values/digest.ts. */
  readonly digests: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<string, Fingerprint>>;
  /** Source keys of records of this step that are set aside whole; without it such records count as missing in `full`. */
  readonly setAside?: ReadonlySet<string>;
  /** Steps that write the same output tables, this one included: their digests add up. */
  readonly shared: readonly {
    readonly step: string;
    readonly digests: Readonly<Record<string, string>>;
    readonly counts: Counts;
  }[];
};

export type ValidationItem =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | {
      readonly kind: 'table';
      readonly table: string;
      readonly expectedRows: number;
      readonly foundRows: number;
      readonly expectedDigest: string;
      readonly foundDigest: string;
      readonly equal: boolean;
    }
  | {
      readonly kind: 'check';
      readonly check: string;
      readonly found: string;
      readonly severity: 'ok' | 'info' | 'warning' | 'error' | 'critical';
    }
  | { readonly kind: 'progress'; readonly done: number };

export type DryRunSample = {
  /** Of a file: its text before and after. */
  readonly text?: { readonly before: string; readonly after: string };
  readonly key: string;
  readonly picked: string;
  readonly source: { readonly object: string; readonly fields: readonly { name: string; value: string | null }[] };
  readonly outputs: readonly {
    readonly table: string;
    readonly fields: readonly {
      name: string;
      value: string | null;
      change: 'same' | 'changed' | 'new';
      from: string | null;
    }[];
  }[];
};

export type { Bounds, Catalog, Chunk, Fence };
