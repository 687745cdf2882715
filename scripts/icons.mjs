// Draws resources/icons from the two SVG files: PNGs of all sizes, icon.ico for Windows, icon.icns for macOS.
// `node scripts/icons.mjs`; CHROMIUM names the browser to draw with when it is not /usr/bin/chromium.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';

const folder = new URL('../resources/icons/', import.meta.url);
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** From here down the mark is drawn with fewer parts. */
const smallUpTo = 48;

const pngs = await drawAll();
for (const [size, png] of pngs) write(`${size}x${size}.png`, png);
write('icon.png', pngs.get(512));
write('icon.ico', ico([16, 24, 32, 48, 64, 128, 256]));
// Types of the container for PNG data, with the pixels that each holds.
write(
  'icon.icns',
  icns([
    ['icp4', 16],
    ['icp5', 32],
    ['ic11', 32],
    ['icp6', 64],
    ['ic12', 64],
    ['ic07', 128],
    ['ic08', 256],
    ['ic13', 256],
    ['ic09', 512],
    ['ic14', 512],
    ['ic10', 1024],
  ]),
);

async function drawAll() {
  const browserFile = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    ...(existsSync(browserFile) && { executablePath: browserFile }),
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    const drawn = new Map();
    for (const size of sizes) {
      const svg = readFileSync(new URL(size > smallUpTo ? 'icon.svg' : 'icon-small.svg', folder), 'utf8');
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      drawn.set(size, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

/** ICO with PNG entries, which Windows reads since Vista. */
function ico(wanted) {
  const head = Buffer.alloc(6 + 16 * wanted.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(wanted.length, 4);
  let offset = head.length;
  wanted.forEach((size, index) => {
    const at = 6 + 16 * index;
    const { length } = pngs.get(size);
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += length;
  });
  return Buffer.concat([head, ...wanted.map((size) => pngs.get(size))]);
}

function icns(wanted) {
  const parts = wanted.map(([type, size]) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'ascii');
    head.writeUInt32BE(pngs.get(size).length + 8, 4);
    return Buffer.concat([head, pngs.get(size)]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'ascii');
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 8),
    4,
  );
  return Buffer.concat([head, ...parts]);
}

function write(name, data) {
  writeFileSync(new URL(name, folder), data);
  process.stdout.write(`${fileURLToPath(new URL(name, folder))}: ${data.length} bytes\n`);
}
