// `npm run dev`: the wizard while it is being written. The renderer comes from Vite and reloads by itself; the engine runs
// from its sources behind it, over the same WebSocket as `overland serve`, and starts again with this script.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ready, root } from './lib/runtime.mjs';

await ready();
const { createServer } = await import('vite');

const engine = spawn(
  process.execPath,
  [join(root, 'electron', 'cli', 'main.ts'), 'serve', '--no-open', '--json', ...process.argv.slice(2)],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
engine.on('exit', (code) => process.exit(code ?? 0));
const address = new URL(await firstAddress(engine.stdout));
const cookie = await session(address);

const server = await createServer({
  root: join(root, 'renderer'),
  configFile: join(root, 'renderer', 'vite.config.ts'),
  server: {
    host: '127.0.0.1',
    proxy: {
      // The window of Vite has another origin and no cookie of the engine; this process stands in for it.
      // The exact path: modules of the renderer lie under /rpc/.
      '^/rpc$': { target: address.origin, ws: true, changeOrigin: true, headers: { cookie, origin: address.origin } },
    },
  },
});
await server.listen();
server.printUrls();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    void server.close();
    engine.kill('SIGTERM');
  });
}

async function firstAddress(stream) {
  let text = '';
  for await (const line of createInterface({ input: stream })) {
    text += line;
    if (line === '}') return JSON.parse(text).address;
  }
  throw new Error('The engine ended before it told its address.');
}

async function session(from) {
  const answer = await fetch(from, { redirect: 'manual' });
  return answer.headers.get('set-cookie').split(';')[0];
}
