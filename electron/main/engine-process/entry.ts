import { createEngine, type Engine } from '../../engine/services/index.ts';
import type { Environment } from '../../platform/environment.ts';
import { portHelperHost } from '../../platform/helper/port-helper-host.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { plainError } from '../../rpc/errors.ts';
import { servePort } from '../../rpc/message-port.ts';
import { createRouter } from '../../rpc/router.ts';
import { Attendant } from './attendant.ts';
import { desktopBridge, desktopHelper, desktopKeyStore } from './desktop-host.ts';
import { MainLink, type ParentPort, type Port } from './main-link.ts';
import type { EngineArguments } from './messages.ts';

/** How often the runs at work are looked at. */
const lookMs = 250;

const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (!parentPort) throw new Error('This is the engine process of the desktop app; main starts it.');
const given = JSON.parse(process.argv.at(-1) ?? '{}') as EngineArguments;

// Windows may knock before the engine is up: their ports wait.
const waiting: Port[] = [];
let serve = (port: Port): void => void waiting.push(port);
let end = (): void => process.exit(0);

const link = new MainLink(parentPort, { connect: (port) => serve(port), end: () => end() });
const environment: Environment = createNodeEnvironment({
  home: given.home,
  resources: given.resources,
  helpers: portHelperHost(() => desktopHelper(link)),
  keyStore: desktopKeyStore(link),
  logName: 'engine',
});

process.on('uncaughtException', (error) => die('unexpected error in the engine', error));
process.on('unhandledRejection', (error) => die('unhandled rejection in the engine', error));

const bridge = desktopBridge(link);
createEngine({ environment, host: bridge, version: given.version }).then(
  (engine) => start(engine),
  (error: unknown) => {
    environment.log.error('the engine cannot start', { error: plainError(error) });
    const advice = (error as { advice?: string | null }).advice ?? null;
    link.tell({ kind: 'unable', message: error instanceof Error ? error.message : String(error), advice });
  },
);

function start(engine: Engine): void {
  const router = createRouter(engine.services, environment.log);
  serve = (port) => servePort(port, router);
  for (const port of waiting.splice(0)) serve(port);
  end = () => {
    end = () => undefined;
    engine.close('pause').then(
      () => process.exit(0),
      (error: unknown) => die('the engine could not end in order', error),
    );
  };
  attend(engine);
}

function attend(engine: Engine): void {
  const attendant = new Attendant(engine, bridge, (activity) => link.tell({ kind: 'activity', ...activity }));
  const failed = (error: unknown) => environment.log.warn('a look at the runs failed', { error: plainError(error) });
  const look = (): void => {
    attendant
      .look()
      .catch(failed)
      .finally(() => setTimeout(look, lookMs));
  };
  look();
}

/** A bug: the process ends, main starts another one, and the run shows as interrupted. Going on would be a guess. */
function die(message: string, error: unknown): void {
  environment.log.error(message, { error: plainError(error) });
  process.exit(1);
}
