import type { z } from 'zod';
import type { quarantineContract, quarantineRecord } from '#shared/contract/quarantine.ts';

export type QuarantineRecord = z.infer<typeof quarantineRecord>;
type Output<T> = T extends { '~orpc': { outputSchema?: infer S } }
  ? NonNullable<S> extends z.ZodType<infer O>
    ? O
    : never
  : never;

export type Summary = Output<(typeof quarantineContract)['summary']>;
export type Reason = Summary['reasons'][number];
export type RecordDetail = Output<(typeof quarantineContract)['record']>;
