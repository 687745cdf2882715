/** What a failed call says to do next; null when it says nothing. */
export function adviceOf(error: unknown): string | null {
  const data = (error as { readonly data?: unknown } | null)?.data;
  const advice = (data as { readonly advice?: unknown } | null | undefined)?.advice;
  return typeof advice === 'string' ? advice : null;
}
