import '@mantine/core/styles.css';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './app/app.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { prepareStyleNonce } from './app/style-nonce.ts';
import { connect } from './rpc/connect.ts';

prepareStyleNonce();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App connection={connect()} />);
