import { oc } from '@orpc/contract';
import * as z from 'zod';
import { errorData } from '../model/error.ts';

/** What to do next crosses beside the data of every error; `adviceOf` reads it. */
const entries = Object.entries(errorData).map(([code, data]) => [
  code,
  { data: 'advice' in data.shape ? data : z.object({ ...data.shape, advice: z.string().optional() }) },
]);

/** Every procedure may fail with any of the expected errors; the screen tells them apart by code. */
export const procedure = oc.errors(
  Object.fromEntries(entries) as { [C in keyof typeof errorData]: { data: (typeof errorData)[C] } },
);
