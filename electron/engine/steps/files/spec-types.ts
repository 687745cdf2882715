import type { PlaceHow } from '../../../drivers/files.ts';
import type { RoleRules } from './roles.ts';

/** A parsed `files` step: what the profile says, with defaults filled in. Plain JSON. */
export type FilesSpec = {
  readonly key: string;
  readonly source: {
    readonly connection: string;
    readonly patterns: readonly string[];
    readonly except: readonly string[];
    /** Folder that the patterns begin in, without slashes around it; empty for the folder of the connection. */
    readonly root: string;
  };
  readonly target: { readonly connection: string; readonly folder: string };
  readonly into: TextRule;
  readonly model: TextRule | null;
  /** Spellings of a model, and what each is called now; null: every name is taken as it is. */
  readonly names: Readonly<Record<string, string>> | null;
  readonly unknownName: 'ask' | 'keep' | 'leave';
  readonly roles: RoleRules;
  readonly how: PlaceHow;
  readonly symlinks: 'refuse' | 'follow' | 'keep';
  readonly conflict: 'stop' | 'keep' | 'replace';
  /** Whether headers of safetensors files are held against their size. */
  readonly safetensors: 'check' | 'ignore';
};

/** A literal, or an expression. */
export type TextRule = { readonly key: string; readonly kind: 'literal' | 'expression'; readonly text: string };
