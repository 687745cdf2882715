import { Command, CommanderError } from 'commander';
import { exitCodes } from '#shared/model/run.ts';
import type { Register, Runner } from './command.ts';
import { registerAdopt } from './commands/adopt.ts';
import { registerAudit } from './commands/audit.ts';
import { registerBackup } from './commands/backup.ts';
import { registerCheck } from './commands/check.ts';
import { registerCleanup } from './commands/cleanup.ts';
import { registerConfig } from './commands/config.ts';
import { registerDryRun } from './commands/dry-run.ts';
import { registerInit } from './commands/init.ts';
import { registerMigrations } from './commands/migrations.ts';
import { registerPlan } from './commands/plan.ts';
import { registerQuarantine } from './commands/quarantine.ts';
import { registerReport } from './commands/report.ts';
import { registerResume } from './commands/resume.ts';
import { registerRollback } from './commands/rollback.ts';
import { registerRun } from './commands/run.ts';
import { registerServe } from './commands/serve.ts';
import { registerStatus } from './commands/status.ts';
import { registerValidate } from './commands/validate.ts';
import { type Streams, UsageError } from './output.ts';

const registers: readonly Register[] = [
  registerServe,
  registerInit,
  registerCheck,
  registerPlan,
  registerBackup,
  registerDryRun,
  registerRun,
  registerResume,
  registerValidate,
  registerRollback,
  registerCleanup,
  registerQuarantine,
  registerStatus,
  registerReport,
  registerAudit,
  registerMigrations,
  registerConfig,
  registerAdopt,
];

const exitText = `
RUN is an id, its beginning, its last part, or last. A bundle stands for its newest open run of the same plan, else for a new run.
Secrets come from OVERLAND_SECRET_<NAME>, OVERLAND_SECRET_<NAME>_FILE, or a prompt;
a whole address, with its password, may come from OVERLAND_CONNECTION_<NAME>.

Exit codes: 0 completed; 1 failed; 2 usage or invalid profile; 3 completed with quarantine, or validation found errors;
4 rolled back by a criterion; 5 locked by another run; 6 plan is stale; 7 consent missing; 8 rollback incomplete; 130 cancelled.`;

/** The whole command line. `run` does the work of a command; the rest is grammar. */
export function createProgram(run: Runner, version: string, streams: Streams): Command {
  const program = new Command('overland')
    .description('Moves an application from its legacy layout to its new one, in one plan with one way back.')
    .version(version)
    .addHelpText('after', exitText)
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .exitOverride()
    .showSuggestionAfterError();
  for (const register of registers) register(program, run);
  for (const command of program.commands.flatMap(withSubcommands)) addCommonOptions(command);
  return program;
}

/** A command that only groups others takes no options. */
function withSubcommands(command: Command): readonly Command[] {
  return command.commands.length > 0 ? command.commands : [command];
}

function addCommonOptions(command: Command): void {
  const each = (value: string, all: readonly string[] = []) => [...all, value];
  command
    .option('--json', 'one JSON document on stdout; all else on stderr')
    .option('--home <dir>', 'data folder, instead of OVERLAND_HOME')
    .option('--log-level <level>', 'also log to stderr: debug, info, warn, error')
    .option('--progress <form>', 'lines, ndjson (one JSON object a line) or none')
    .option('--yes', 'answer questions with yes; gives no named consent')
    .option('--consent <name>', 'give a named consent; may be repeated', each)
    .option(
      '--connection <name=where>',
      'point a connection at a file or an address on this machine; NAME.FIELD=VALUE for other fields',
      each,
    );
}

/** What the grammar refuses, in the form of all other usage errors. */
export function grammarError(error: unknown): UsageError {
  const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
  return new UsageError(message, 'overland --help lists the commands, overland COMMAND --help what one takes.');
}

/** Exit code of an error of the grammar; commander has printed it. Null for any other error. */
export function grammarExitCode(error: unknown): number | null {
  if (!(error instanceof CommanderError)) return null;
  return error.exitCode === 0 ? exitCodes.completed : exitCodes.usage;
}
