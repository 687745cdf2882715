import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { endGroup, spawnGroup } from './children.ts';
import { within } from './within.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The built app, started. */
export type Desktop = {
  readonly page: Page;
  /** Milliseconds from the start of the process to the first contentful paint of its window. */
  readonly firstPaintMs: number;
  /** Address of the inspector of main. */
  readonly inspector: string;
  close(): Promise<void>;
};

/** The Electron to measure with, or why there is none. */
export function electronBinary(): { readonly file: string } | { readonly missing: string } {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return { missing: 'ELECTRON_OVERRIDE_DIST_PATH names no Electron runtime.' };
  const file = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  return existsSync(file) ? { file } : { missing: `There is no Electron at ${file}.` };
}

/** Starts the built app with its data in `home`; under a virtual display where there is none. */
export async function startDesktop(binary: string, home: string): Promise<Desktop> {
  const args = [
    root,
    '--remote-debugging-port=0',
    '--inspect=0',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const virtual = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  const [command, full] = virtual ? ['xvfb-run', ['-a', binary, ...args]] : [binary, args];
  const begun = Date.now();
  const child = spawnGroup(command, full, {
    env: { ...process.env, OVERLAND_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const said = await addresses(child);
    const browser = await chromium.connectOverCDP(said.browser);
    const page = await firstPage(() => browser.contexts().flatMap((context) => context.pages()));
    const painted = await within(30, 'The first paint of the window', paintedAt(page));
    return {
      page,
      firstPaintMs: painted - begun,
      inspector: said.inspector,
      close: async () => {
        await within(5, 'Letting go of the window', browser.close()).catch(() => undefined);
        await endGroup(child);
      },
    };
  } catch (error) {
    await endGroup(child);
    throw error;
  }
}

/** What Chromium and Node print of their debugging ports. */
function addresses(child: ChildProcess): Promise<{ readonly browser: string; readonly inspector: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`The app opened no debugging port within 30 s.\n${output}`)),
      30_000,
    );
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (part: string) => {
      output += part;
      const browser = /DevTools listening on (ws:\/\/\S+)/.exec(output)?.[1];
      const inspector = /Debugger listening on (ws:\/\/\S+)/.exec(output)?.[1];
      if (!browser || !inspector) return;
      clearTimeout(timer);
      resolve({ browser, inspector });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The app ended with exit code ${code} before it could be measured.\n${output}`));
    });
  });
}

async function firstPage(pages: () => readonly Page[]): Promise<Page> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const page = pages().find((open) => open.url().startsWith('app:'));
    if (page) return page;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The app opened no window within 30 s.');
}

/** Wall-clock milliseconds of the first contentful paint. */
async function paintedAt(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName('first-contentful-paint')[0];
          if (paint) resolve(performance.timeOrigin + paint.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}
