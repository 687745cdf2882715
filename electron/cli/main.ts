import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forkHelperHost } from '../platform/helper/fork-helper-host.ts';
import { runCommandLine } from './command-line.ts';
import { placesFor } from './places.ts';

const places = placesFor(dirname(fileURLToPath(import.meta.url)), null);

// A reader that closes the pipe (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

runCommandLine(process.argv.slice(2), places, forkHelperHost(places.helper)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`error: unexpected: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
