import { appendFileSync } from 'node:fs';
import type { Environment } from './environment.ts';
import { failpointsFromEnvironment } from './failpoints.ts';
import type { HelperHost } from './helper-host.ts';
import { nodeIdentity } from './identity.ts';
import { createPinoLog, type LogLevel } from './log/pino-log.ts';
import { createRedactor } from './log/redactor.ts';
import { nodeClock } from './node-clock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { nodeRandom } from './node-random.ts';
import { homeFolder, makePaths } from './paths.ts';
import type { KeyStore } from './secrets/key-store.ts';
import { createSecrets } from './secrets/secrets.ts';

export type NodeEnvironmentOptions = {
  /** Given by `--home`; else `OVERLAND_HOME`, else the platform's application data. */
  readonly home?: string;
  /** Folder of the files that ship with the app. */
  readonly resources: string;
  /** `forkHelperHost(entry)` or, on the desktop, `portHelperHost(spawn)`. */
  readonly helpers: HelperHost;
  readonly keyStore?: KeyStore | null;
  readonly logLevel?: LogLevel;
  /** Log file without `.log`, one per kind of process; null keeps no file. */
  readonly logName?: string | null;
  /** Also gets the log lines; the command line passes stderr. */
  readonly logStream?: { write(line: string): void };
  readonly variables?: Readonly<Record<string, string | undefined>>;
};

/** The environment of the engine over Node, for every host. */
export function createNodeEnvironment(options: NodeEnvironmentOptions): Environment {
  const variables = options.variables ?? process.env;
  const failpoints = failpointsFromEnvironment(variables, {
    kill: () => process.kill(process.pid, 'SIGKILL'),
    log: (file, line) => appendFileSync(file, `${line}\n`),
  });
  const fs = nodeFileSystem(failpoints);
  const paths = makePaths(homeFolder(variables, { home: options.home }), options.resources);
  const redactor = createRedactor();
  const logName = options.logName === undefined ? 'engine' : options.logName;
  return {
    fs,
    clock: nodeClock,
    random: nodeRandom,
    paths,
    failpoints,
    helpers: options.helpers,
    secrets: createSecrets({
      variables,
      fs,
      clock: nodeClock,
      keyStore: options.keyStore ?? null,
      onValue: (value) => redactor.know(value),
    }),
    log: createPinoLog({
      level: options.logLevel ?? 'info',
      redactor,
      folder: logName === null ? null : paths.logs,
      name: logName ?? 'engine',
      ...(options.logStream ? { stream: options.logStream } : {}),
    }),
    identity: nodeIdentity(),
    variables,
  };
}
