import type { Services } from '#shared/contract/services.ts';
import { plainHost } from '../engine/services/host-bridge.ts';
import { createEngine } from '../engine/services/index.ts';
import type { Paths } from '../platform/environment.ts';
import type { HelperHost } from '../platform/helper-host.ts';
import type { LogLevel } from '../platform/log/pino-log.ts';
import type { Log } from '../platform/log.ts';
import { createNodeEnvironment } from '../platform/node-environment.ts';

export type LocalEngineOptions = {
  readonly kind: 'browser' | 'cli';
  /** Null: `OVERLAND_HOME`, else the platform's folder. */
  readonly home: string | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly resources: string;
  readonly version: string;
  readonly helpers: HelperHost;
  /** Null: the log file only, at `info`. */
  readonly logLevel: LogLevel | null;
  readonly logStream: { write(line: string): unknown };
};

export type LocalEngine = {
  readonly services: Services;
  readonly paths: Paths;
  readonly log: Log;
  /** What runs finishes its chunk and pauses; locks are released. */
  end(): Promise<void>;
};

/** The engine inside this process: for the command line and for the browser host. */
export async function startLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  const { home, logLevel, logStream } = options;
  const environment = createNodeEnvironment({
    ...(home === null ? {} : { home }),
    ...(logLevel === null ? {} : { logLevel, logStream: { write: (line: string) => void logStream.write(line) } }),
    logName: options.kind,
    resources: options.resources,
    helpers: options.helpers,
    variables: options.variables,
  });
  const engine = await createEngine({ environment, host: plainHost(options.kind), version: options.version });
  return {
    services: engine.services,
    paths: environment.paths,
    log: environment.log,
    end: () => engine.close('pause'),
  };
}
