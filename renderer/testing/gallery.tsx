import '@mantine/core/styles.css';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../app/app.css';
import { createRoot } from 'react-dom/client';
import type { Settings } from '#shared/contract/system.ts';
import { App } from '../app/app.tsx';
import { Connection } from '../rpc/connection.ts';
import { memoryChannel } from './memory-client.ts';
import { pictures } from './pictures.ts';

/** Shows one picture: `gallery.html?state=03-plan-steps&theme=dark`. Not part of the product. */
const wanted = new URLSearchParams(location.search);
const state = pictures[wanted.get('state') ?? ''];
const root = document.getElementById('root');
if (root && state) {
  const theme: Settings['theme'] = wanted.get('theme') === 'dark' ? 'dark' : 'light';
  const system = { ...state.services.system };
  const read = system.settings;
  if (read) system.settings = async (input, context) => ({ ...(await read(input, context)), theme });
  history.replaceState(null, '', `${location.pathname}${location.search}${state.hash}`);
  const connection = new Connection();
  const channel = memoryChannel({ ...state.services, system });
  connection.attach(channel);
  if (state.prepare === 'lose') setTimeout(() => channel.close(), 700);
  if (state.prepare === 'ask') {
    setTimeout(() => dispatchEvent(new KeyboardEvent('keydown', { key: '.', ctrlKey: true })), 700);
  }
  createRoot(root).render(<App connection={connection} />);
} else if (root) {
  root.innerHTML = Object.keys(pictures)
    .map((name) => `<p><a href="?state=${name}">${name}</a></p>`)
    .join('');
}
