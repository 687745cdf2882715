/** The nonce that the content security policy of this page load asks of style elements; undefined in tests and in development. */
export function styleNonce(): string | undefined {
  const content = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return content && !content.startsWith('%') ? content : undefined;
}

/** Tells react-remove-scroll, which Mantine's dialogs use, the nonce. Call before the first render. */
export function prepareStyleNonce(): void {
  const nonce = styleNonce();
  if (nonce) (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;
}
