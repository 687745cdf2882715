import { oc } from '@orpc/contract';
import { errorData } from '../model/error.ts';

const entries = Object.entries(errorData).map(([code, data]) => [code, { data }]);

/** Every procedure may fail with any of the expected errors; the screen tells them apart by code. */
export const procedure = oc.errors(
  Object.fromEntries(entries) as { [C in keyof typeof errorData]: { data: (typeof errorData)[C] } },
);
