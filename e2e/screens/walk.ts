import type { Host } from '../hosts/host.ts';
import type { Wizard } from '../pages/wizard.ts';
import type { CommandLine } from '../support/command-line.ts';

/** A walk through the wizard that stops at every screen and state. */
export type Walk = {
  readonly wizard: Wizard;
  readonly host: Host;
  readonly cli: CommandLine;
  /** Folder for bundles. */
  readonly work: string;
  /** Legacy tasks of the sample: enough that states of work can be seen. */
  readonly tasks: number;
  /** Called at each stop; the name sorts by screen. */
  readonly show: (name: string) => Promise<void>;
};
