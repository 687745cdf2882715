import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forkHelperHost } from '../platform/helper/fork-helper-host.ts';
import { runCommandLine } from './command-line.ts';
import { placesFor } from './places.ts';

const places = placesFor(dirname(fileURLToPath(import.meta.url)), null);

runCommandLine(process.argv.slice(2), places, forkHelperHost(places.helper)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`error: unexpected: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
