import type { Finding } from '#shared/model/finding.ts';
import type { Fingerprint } from './catalog.ts';
import type { Endpoint } from './endpoint.ts';

/** `folder` is that of the rollback point; `objects` is what the run may change: tables, paths, collections; null for everything. */
export type ProtectRequest = {
  readonly endpoint: Endpoint;
  readonly folder: string;
  readonly objects?: readonly string[] | null;
  readonly signal?: AbortSignal;
};
/** How the copy was made, and so how exact the way back is. */
export type ProtectedItem = {
  readonly subject: string;
  readonly object: string;
  /** `absent`: nothing existed; restoring removes what is there. */
  readonly how: 'byte_copy' | 'online_backup' | 'absent' | 'dump';
  /** Relative to the rollback point; null when there is nothing to save. */
  readonly file: string | null;
  readonly originalPath: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly mode: number | null;
  /** Time of the last change; not given where the driver does not bring it back. */
  readonly modifiedMs?: number;
  readonly verifiedBy: 'hash' | 'listed' | 'restored';
  readonly fingerprint: Fingerprint | null;
};
export type ProtectEvent =
  | {
      readonly kind: 'progress';
      readonly subject: string;
      readonly doing: 'saving' | 'reading back';
      readonly bytes: number;
      readonly total: number;
    }
  | { readonly kind: 'item'; readonly item: ProtectedItem; readonly tookMs: number };
export type RestoreRequest = {
  readonly endpoint: Endpoint;
  readonly items: readonly ProtectedItem[];
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** `keep` (the default) leaves a target alone whose content is not that of the point: others wrote there. */
  readonly whenOthersWrote?: 'keep' | 'replace';
};
/** `proof`: the old state against the state now. */
export type RestoreResult = {
  readonly findings: readonly Finding[];
  readonly proof: readonly { object: string; before: string; after: string; how: string }[];
};
