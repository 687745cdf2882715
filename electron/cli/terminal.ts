import { createInterface } from 'node:readline/promises';

/** Questions to the person at the terminal; `interactive` is false in a pipe, where nobody can answer. */
export interface Terminal {
  readonly interactive: boolean;
  /** Rejects when the signal is aborted. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** The same without showing what is typed. */
  askSecret(question: string, signal: AbortSignal): Promise<string>;
}

/** Questions go to stderr, so that stdout stays what the command answers. */
export function processTerminal(): Terminal {
  return {
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    async ask(question, signal) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question, { signal });
      } finally {
        lines.close();
      }
    },
    async askSecret(question, signal) {
      const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
      const shown = lines as unknown as { _writeToOutput?: (text: string) => void };
      process.stderr.write(question);
      shown._writeToOutput = () => undefined;
      try {
        return await lines.question('', { signal });
      } finally {
        lines.close();
        process.stderr.write('\n');
      }
    },
  };
}
