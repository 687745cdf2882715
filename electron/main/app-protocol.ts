import { protocol } from 'electron';
import { readAsset } from '../server/asset.ts';
import { commonHeaders, newNonce, pagePolicy, withNonce } from '../server/page-policy.ts';

const scheme = 'app';
const host = 'bundle';

/** Where the wizard's page lives on the desktop. */
export const pageAddress = `${scheme}://${host}/index.html`;

/** Makes `app:` an origin of its own with the rights of https. Before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ]);
}

/** Serves the built renderer, and nothing outside of it, at `app://bundle/`. */
export function serveRenderer(folder: string): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    if (url.host !== host || (request.method !== 'GET' && request.method !== 'HEAD')) return notFound();
    const asset = await readAsset(folder, url.pathname);
    if (!asset) return notFound();
    if (!asset.type.startsWith('text/html')) {
      return new Response(asset.body as unknown as string, {
        headers: { ...commonHeaders, 'Content-Type': asset.type },
      });
    }
    const nonce = newNonce();
    const html = withNonce(Buffer.from(asset.body).toString('utf8'), nonce);
    return new Response(html, {
      headers: {
        ...commonHeaders,
        'Content-Type': asset.type,
        'Cache-Control': 'no-store',
        'Content-Security-Policy': pagePolicy(nonce, null),
      },
    });
  });
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: commonHeaders });
}
