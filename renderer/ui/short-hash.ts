/** First 16 digits in groups of four, for people who compare by eye: `5c1e 09ab 7d42 f310`. */
export function shortHash(hash: string): string {
  return (hash.slice(0, 16).match(/.{1,4}/g) ?? []).join(' ');
}
