import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { startPostgres } from '../../electron/testing/servers/postgres.ts';
import { expect, test } from '../support/fixtures.ts';
import { inTheme, themes } from '../support/theme.ts';
import { beforeWriting } from './before-writing.ts';
import { canServe, copying, noServer } from './copying.ts';
import { afterWriting, wayBack, writing } from './writing.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

test('every screen, in both themes and in narrow and zoomed windows, can be used by all', async ({
  wizard,
  host,
  cli,
  folder,
}) => {
  test.setTimeout(900_000);
  const { found, show } = await looking(wizard.page);
  const walk = { wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 3000, show };
  await beforeWriting(walk);
  await writing(walk);
  await afterWriting(walk);
  await wayBack(walk);
  expect(found).toEqual([]);
});

test('the screens of a copy into a server can be used by all', async ({ wizard, host, cli, folder }) => {
  test.skip(!canServe, noServer);
  test.setTimeout(400_000);
  const server = await startPostgres();
  try {
    const { found, show } = await looking(wizard.page);
    await copying({ wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 0, show }, server);
    expect(found).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** Looks at a screen in both themes and in small windows, and gathers what is wrong with it. */
async function looking(page: Page): Promise<{ readonly found: string[]; show(name: string): Promise<void> }> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const found: string[] = [];
  return {
    found,
    show: async (name) => {
      for (const theme of themes) {
        await inTheme(page, theme);
        found.push(...(await violations(page, axe)).map((words) => `${name}, ${theme}: ${words}`));
      }
      found.push(...(await cutOff(page)).map((words) => `${name}: ${words}`));
    },
  };
}

/** What axe objects to, a line each. */
async function violations(page: Page, axe: string): Promise<string[]> {
  const known = await page.evaluate(() => 'axe' in window);
  // The policy of the page lets no script in; the debugger may.
  if (!known) await page.evaluate(axe);
  const results = await page.evaluate(
    (wanted) =>
      (window as unknown as { axe: { run: (scope: unknown, options: unknown) => Promise<AxeResults> } }).axe.run(
        // A report is a document of its own, in a frame without scripts.
        { exclude: ['iframe'] },
        { runOnly: wanted, resultTypes: ['violations'] },
      ),
    tags,
  );
  return results.violations.map(
    ({ id, help, nodes }) =>
      `${id}, ${help}: ${nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`)
        .join('; ')}`,
  );
}

const windows = [
  { width: 640, height: 400, name: '200 % zoom' },
  { width: 1000, height: 800, name: '1000 px' },
] as const;

/** Where a small window loses something: the page scrolls sideways, or a control lies where no scrolling reaches it. */
async function cutOff(page: Page): Promise<string[]> {
  const before = page.viewportSize()!;
  const found: string[] = [];
  for (const { name, ...size } of windows) {
    await page.setViewportSize(size);
    found.push(...(await page.evaluate(lost)).map((words) => `${name}: ${words}`));
  }
  await page.setViewportSize(before);
  return found;
}

function lost(): string[] {
  const found: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth)
    found.push(`the page scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  const main = document.querySelector('main');
  if (main && main.scrollWidth > main.clientWidth + 1) {
    found.push(`the screen scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  }
  const dialog = document.querySelector('[role="dialog"]');
  for (const control of (dialog ?? document).querySelectorAll('a[href], button, input, select, textarea')) {
    const box = control.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (control.closest('.vh, [aria-hidden="true"]')) continue;
    const scrolls = (element: Element | null): boolean => {
      for (let at = element?.parentElement ?? null; at; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (
          /auto|scroll/.test(overflowX + overflowY) &&
          (at.scrollWidth > at.clientWidth || at.scrollHeight > at.clientHeight)
        )
          return true;
      }
      return false;
    };
    const outside = box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1 || box.top < -1;
    if (outside && !scrolls(control)) {
      const words = control.getAttribute('aria-label') ?? control.textContent ?? '';
      found.push(`out of reach: ${words.trim().slice(0, 40)}`);
    }
  }
  return found;
}
