/** Whether a name is one of these patterns; `*` stands for any characters. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name, pattern));
}

export function isPattern(text: string): boolean {
  return text.includes('*');
}

function matches(name: string, pattern: string): boolean {
  if (!isPattern(pattern)) return name === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
