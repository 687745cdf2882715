import { basename, join } from 'node:path';

/** Where the parts of Overland lie, worked out from the folder of the entry file that runs. */
export type Places = {
  /** Sample bundles, schema, icons. */
  readonly resources: string;
  /** The built wizard. */
  readonly renderer: string;
  /** Entry of helper processes. */
  readonly helper: string;
};

/**
 * `entry` is the folder of a built entry (`dist/electron`, in a package inside the archive) or of a source entry
 * (`electron/cli`). `packagedResources` is Electron's resources folder, where a package keeps what is not code.
 */
export function placesFor(entry: string, packagedResources: string | null): Places {
  const root = join(entry, '..', '..');
  const fromSource = basename(entry) !== 'electron';
  return {
    resources: packagedResources === null ? join(root, 'resources') : join(packagedResources, 'overland'),
    renderer: join(root, 'dist', 'renderer'),
    helper: fromSource ? join(root, 'electron', 'drivers', 'helper-main.ts') : join(entry, 'helper.js'),
  };
}
