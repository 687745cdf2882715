import * as z from 'zod';
import { procedure } from './base.ts';

export const adoptedRun = z.object({
  runId: z.string(),
  /** Replays of the run that came with it. */
  replays: z.number().int(),
  /** Chunks of the run as the targets hold them. */
  committed: z.number().int(),
  pending: z.number().int(),
  undone: z.number().int(),
  /** Entries of quarantine that are known by number only. */
  lost: z.number().int(),
  /** Who wrote what the run was taken up from, where and when. */
  person: z.string(),
  machine: z.string(),
  writtenAt: z.string(),
});
export type AdoptedRun = z.infer<typeof adoptedRun>;

export const handOverContract = {
  /**
   * Takes up a run whose journal is lost, from its bundle, the folder of its rollback point and its targets. Refused while its
   * holder lives; consent `holder-is-gone` is needed where that cannot be known.
   */
  adopt: procedure
    .input(z.object({ path: z.string(), folder: z.string(), consents: z.array(z.string()) }))
    .output(adoptedRun),
};
