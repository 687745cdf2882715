// biome-ignore-all lint/style/noRestrictedImports: a script for Node, not part of the page
// node renderer/testing/shoot.mjs [filter] [--width 1280] [--height 800]
// Builds the gallery, takes every picture in light and dark, runs axe and looks for overflow. Writes dist/pictures/*.png.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, preview } from 'vite';

const here = import.meta.dirname;
const out = join(here, '../../dist/pictures');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { width: { type: 'string', default: '1280' }, height: { type: 'string', default: '800' } },
});
const [filter = ''] = positionals;
const viewport = { width: Number(values.width), height: Number(values.height) };
const suffix = viewport.width === 1280 ? '' : `-${viewport.width}x${viewport.height}`;
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const outDir = mkdtempSync(join(tmpdir(), 'overland-gallery-'));
await build({ root: here, logLevel: 'error', build: { outDir } });
const server = await preview({
  root: here,
  logLevel: 'error',
  build: { outDir },
  preview: { port: 0, host: '127.0.0.1' },
});
const base = `${server.resolvedUrls.local[0]}gallery.html`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb', '--font-render-hinting=none'],
});
mkdirSync(out, { recursive: true });
let bad = 0;
let taken = 0;
const index = await browser.newPage();
await index.goto(base);
await index.waitForSelector('a');
const names = (await index.locator('a').allTextContents()).filter((name) => name.includes(filter));
await index.close();

for (const theme of ['light', 'dark']) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', timezoneId: 'UTC' });
  await context.clock.install({ time: new Date('2026-11-20T02:09:00Z') });
  for (const name of names) {
    const page = await context.newPage();
    const said = [];
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(`${base}?state=${name}&theme=${theme}`);
    await page.waitForSelector('main h1');
    await page.evaluate(() => document.fonts.ready);
    await page.clock.runFor(1500);
    await page.waitForTimeout(250);
    if (name.endsWith('-drag')) await page.evaluate(drag);
    await page.mouse.move(viewport.width / 2, viewport.height - 2);
    await page.waitForTimeout(100);
    await page.screenshot({ path: join(out, `${name}${suffix}-${theme}.png`) });
    await page.evaluate(axe);
    await page.clock.resume();
    const result = await page.evaluate((only) => globalThis.axe.run(document, { runOnly: only }), tags);
    const found = [
      ...result.violations.map((one) => `axe ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`),
      ...(await page.evaluate(overflow)),
      ...said,
    ];
    taken += 1;
    bad += found.length;
    if (found.length) console.log(`${name}-${theme}\n  ${found.join('\n  ')}`);
    await page.close();
  }
  await context.close();
}
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));
rmSync(outDir, { recursive: true, force: true });
console.log(`${taken} pictures, ${bad} findings`);
process.exitCode = bad ? 1 : 0;

/** Runs in the page: a folder is dragged over the window. */
function drag() {
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'profile.toml'));
  dispatchEvent(new DragEvent('dragenter', { dataTransfer: data }));
}

/** Runs in the page: what is wider than its place. */
function overflow() {
  const wide = [];
  for (const element of document.querySelectorAll('main, .foot, .head, .panel, .note, .page')) {
    if (element.scrollWidth > element.clientWidth + 2) {
      wide.push(`wide: ${element.tagName} ${element.className} ${element.scrollWidth} > ${element.clientWidth}`);
    }
  }
  const main = document.querySelector('main');
  const extra = main.scrollHeight - main.clientHeight;
  if (extra > 0 && innerHeight >= 800 && innerWidth >= 1280) wide.push(`main scrolls by ${extra}px`);
  return wide;
}
