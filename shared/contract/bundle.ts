import * as z from 'zod';
import { problem } from '../model/finding.ts';
import { stepKindName, undoMode } from '../model/run.ts';
import { procedure } from './base.ts';

export const bundleStep = z.object({
  ord: z.number().int(),
  id: z.string(),
  kind: stepKindName,
  /** Connection name, or `bundle` for files of the bundle. */
  from: z.string(),
  to: z.string(),
  needs: z.array(z.string()),
  undo: undoMode,
  /** One sentence: what the step does, in plain words. */
  words: z.string(),
});

export const bundleConnection = z.object({
  name: z.string(),
  engine: z.string(),
  access: z.enum(['read', 'write', 'scratch']),
  /** Where the profile points, after overrides. No secrets. */
  where: z.string(),
  /** Fields of the form: `path`, or `host`, `port` ... */
  fields: z.record(z.string(), z.string()),
  /** Fields that differ from the profile because the operator set them. */
  overridden: z.array(z.string()),
  secrets: z.array(z.string()),
});

/** A bundle as the Profile screen explains it. Figures are what the bundle declares; the plan measures. */
export const bundleView = z.object({
  path: z.string(),
  id: z.string(),
  version: z.string(),
  title: z.string(),
  /** Paragraph from the profile; empty when it has none. */
  description: z.string(),
  author: z.string().nullable(),
  reviewed: z.string().nullable(),
  hash: z.string(),
  /** Sentences for "In plain words", in order. */
  words: z.array(z.string()),
  steps: z.array(bundleStep),
  connections: z.array(bundleConnection),
  policy: z.array(z.object({ name: z.string(), text: z.string() })),
  /** Seconds the maintenance window may last; null when the profile declares none. */
  windowSeconds: z.number().nullable(),
  notCarried: z.array(z.object({ object: z.string(), reason: z.string() })),
  /** The text of profile.toml. */
  source: z.string(),
  /** Newest run of this bundle that is still open; null when there is none. */
  openRun: z.string().nullable(),
});
export type BundleView = z.infer<typeof bundleView>;

export const recentBundle = z.object({
  path: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  exists: z.boolean(),
  lastRun: z.string().nullable(),
  /** Plain words, for example `Completed 5 Nov, 18 set aside`. Null when it never ran. */
  lastOutcome: z.string().nullable(),
  lastSeverity: z.enum(['ok', 'warning', 'error']).nullable(),
});

export const template = z.object({
  name: z.string(),
  description: z.string(),
  /** Legacy data can be generated beside it. */
  generates: z.boolean(),
});

export const bundleContract = {
  recent: procedure.output(z.array(recentBundle)),
  forget: procedure.input(z.object({ path: z.string().nullable() })).output(z.void()),
  templates: procedure.output(z.array(template)),
  /** `path` is the folder or its profile.toml. Fails with BUNDLE_INVALID and all problems. Changes nothing but the recent list. */
  open: procedure.input(z.object({ path: z.string() })).output(bundleView),
  /** Parses without opening: an empty list means valid. */
  check: procedure.input(z.object({ path: z.string() })).output(z.array(problem)),
  /** Writes a sample bundle and its generated legacy data into an empty or new folder. */
  init: procedure
    .input(
      z.object({
        template: z.string(),
        dir: z.string(),
        tasks: z.number().int().positive().optional(),
        seed: z.number().int().optional(),
        dirty: z.boolean().optional(),
        /** Column set of the generated legacy tables: older releases had fewer columns. */
        columns: z.enum(['older', 'newer']).optional(),
        /** Engine of the target, where the sample is written for several. */
        engine: z.enum(['sqlite', 'postgres', 'mysql']).optional(),
      }),
    )
    .output(z.object({ path: z.string(), facts: z.array(z.string()) })),
  /** Sets fields of a connection for this machine (or back to the profile's with null). Part of the plan hash. */
  override: procedure
    .input(z.object({ path: z.string(), connection: z.string(), fields: z.record(z.string(), z.string().nullable()) }))
    .output(bundleView),
  /**
   * What words of a rule of `[steps.STEP.types]` change in profile.toml: `place` is a column such as `orders.note` or a type of the
   * source, a word that is null is taken out. With `write` null the change is only shown; else it is the text of profile.toml that
   * was shown, and the change is written where the file still holds it.
   */
  setRule: procedure
    .input(
      z.object({
        path: z.string(),
        step: z.string(),
        place: z.string().min(1),
        rule: z.record(z.string(), z.string().nullable()),
        write: z.string().nullable(),
      }),
    )
    .output(
      z.object({
        /** The entry as it stands in `[steps.STEP.types]`. */
        line: z.string(),
        before: z.string(),
        after: z.string(),
        /** As the change left it; null where it was only shown. */
        bundle: bundleView.nullable(),
      }),
    ),
  /** A bundle dropped into a browser window, where only file contents are to be had: stored in the data folder and opened. */
  receive: procedure
    .input(z.object({ name: z.string(), files: z.array(z.object({ path: z.string(), base64: z.string() })) }))
    .output(z.object({ path: z.string() })),
};
