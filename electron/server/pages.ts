import { createHash } from 'node:crypto';

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem; }
  h1 { font-size: 1.3rem; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** Policy of the plain pages below: one style known by its hash, nothing else. */
export const plainPagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A page that says one thing, for a window that is refused. `title` and `words` are ours, never the caller's. */
export function plainPage(title: string, words: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><h1>${title}</h1><p>${words}</p></html>`;
}
