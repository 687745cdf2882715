import type { ServerEndpoint } from '../relational.ts';
import { scratchPrefix } from './names.ts';

/** The schema that a scratch schema stands for; null for any other connection. */
export function realSchema({ fields }: ServerEndpoint): string | null {
  return fields['schema']?.startsWith(scratchPrefix) ? (fields['scratch_of'] ?? null) : null;
}
