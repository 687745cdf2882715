import { app, type Session, session } from 'electron';
import type { Log } from '../platform/log.ts';
import { pageAddress } from './app-protocol.ts';

/** What no page may do, ours included: ask for permissions, leave the wizard, open windows, embed others, download. */
export function harden(log: Log): void {
  const allowed = new URL(pageAddress).origin;
  app.on('web-contents-created', (_created, contents) => {
    const refuse = (event: { preventDefault(): void }, url: string) => {
      event.preventDefault();
      log.warn('navigation refused', { url: withoutQuery(url) });
    };
    contents.on('will-navigate', (event) => {
      if (event.url !== pageAddress && !event.url.startsWith(`${pageAddress}#`)) refuse(event, event.url);
    });
    contents.on('will-frame-navigate', (event) => {
      // A report is shown in a frame that has its text in itself.
      if (!event.isMainFrame && event.url !== 'about:srcdoc' && event.url !== 'about:blank') refuse(event, event.url);
    });
    contents.on('will-redirect', (event) => {
      if (originOf(event.url) !== allowed) refuse(event, event.url);
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      log.warn('window refused', { url: withoutQuery(url) });
      return { action: 'deny' };
    });
  });
  hardenSession(session.defaultSession);
}

function hardenSession(target: Session): void {
  target.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  target.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  target.setDevicePermissionHandler(() => false);
  target.on('will-download', (event) => event.preventDefault());
  // Nothing of ours is on the network; the engine's connections are not made by Chromium.
  target.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*'] },
    (_request, answer) => answer({ cancel: true }),
  );
}

function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
}

function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0]!.slice(0, 200);
}
