import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** The work of a command; gives the exit code. */
export type Work = (context: CommandContext) => Promise<number>;
/** Checks the common settings, starts the engine in this process, does the work and ends the engine. */
export type Runner = (command: Command, work: Work) => Promise<void>;
/** Adds one command to the program. */
export type Register = (program: Command, run: Runner) => void;
