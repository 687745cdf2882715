import { randomBytes } from 'node:crypto';

/** A nonce for the style elements of one page: 16 random bytes. Never used twice. */
export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/**
 * The content security policy of the wizard's page, the same on the desktop and in a browser: everything from our own
 * origin, no inline script, style elements by nonce only (Mantine and CodeMirror write some).
 * `connect` is the WebSocket address where there is one; not every browser counts it as 'self'.
 */
export function pagePolicy(nonce: string, connect: string | null): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self'${connect ? ` ${connect}` : ''}`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `object-src 'none'`,
  ].join('; ');
}

/** index.html asks for the nonce by this word in its `csp-nonce` meta element. */
export function withNonce(html: string, nonce: string): string {
  return html.replaceAll('%NONCE%', nonce);
}

/** Headers of every answer. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
