import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { placesFor } from '../cli/places.ts';
import { startCommandLine } from './command-line-mode.ts';
import { startDesktop } from './desktop.ts';

const entry = dirname(fileURLToPath(import.meta.url));
const places = placesFor(entry, app.isPackaged ? process.resourcesPath : null);

// `Overland --cli run ...` is the command line of the packaged app; no window opens.
const cli = process.argv.indexOf('--cli');
if (cli >= 0) startCommandLine(process.argv.slice(cli + 1), places);
else startDesktop(entry, places);
