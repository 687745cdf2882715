import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: an HTTP status and a sentence. */
export type Refusal = { readonly status: 401 | 403 | 421; readonly words: string };

/**
 * Who may talk to the browser host. The printed address carries a code that works once; it is exchanged for a cookie that
 * scripts cannot read and other sites cannot send. Host and origin are checked besides, since a page of another site can
 * reach loopback (by a name that it points here, or by opening a WebSocket, which carries no such protection of its own).
 */
export class Access {
  readonly #port: number;
  readonly #session = newToken();
  #code = newToken();

  constructor(port: number) {
    this.#port = port;
  }

  /** The code that the next window presents. */
  get code(): string {
    return this.#code;
  }

  /** True once per code; a new code takes its place. */
  redeem(code: string): boolean {
    if (!same(code, this.#code)) return false;
    this.#code = newToken();
    return true;
  }

  get cookie(): string {
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Host names under which this server may be addressed, with its port. */
  get hosts(): readonly string[] {
    return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${this.#port}`);
  }

  /** The Host header names us, and the Origin header, where there is one, names the same. */
  checkAddress(request: IncomingMessage): Refusal | null {
    const host = request.headers.host?.toLowerCase() ?? '';
    if (!this.hosts.includes(host)) return { status: 421, words: 'This address is not one of Overland.' };
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${host}`) {
      return { status: 403, words: 'Requests from other sites are refused.' };
    }
    return null;
  }

  checkSession(request: IncomingMessage): Refusal | null {
    const given = cookieOf(request, this.#cookieName);
    if (given !== null && same(given, this.#session)) return null;
    return { status: 401, words: 'This window has no access. Open the address that overland serve printed last.' };
  }

  /** A WebSocket needs everything: our host, our origin (a browser always sends one) and the cookie. */
  checkUpgrade(request: IncomingMessage): Refusal | null {
    const refusal = this.checkAddress(request);
    if (refusal) return refusal;
    if (request.headers.origin === undefined) return { status: 403, words: 'A WebSocket without origin is refused.' };
    return this.checkSession(request);
  }

  /** Cookies are shared by all ports of a host, so two servers need two names. */
  get #cookieName(): string {
    return `overland_${this.#port}`;
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares digests, so that neither length nor content is told by the time it takes. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}
