import { execFile } from 'node:child_process';
import { commandLine } from './places.ts';

export type Answer = { readonly code: number; readonly json: Record<string, unknown> };

/** The built command line over one data folder. */
export class CommandLine {
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** Runs a command and reads its document; the code is returned, not thrown. Rejects when it prints no document. */
  run(...args: readonly string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const all = [commandLine, ...args, '--json', '--home', this.#home];
      execFile(process.execPath, all, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        try {
          const code = typeof error?.code === 'number' ? error.code : 0;
          resolve({ code, json: JSON.parse(stdout) as Record<string, unknown> });
        } catch {
          reject(new Error(`overland ${args.join(' ')} printed no document.\n${stdout}\n${stderr}`));
        }
      });
    });
  }

  /** The report of a run as `overland report --format json` gives it. */
  async report(run: string): Promise<RunReport> {
    const { json } = await this.run('report', run, '--format', 'json');
    return JSON.parse(String(json.text)) as RunReport;
  }
}

/** The part of the report that journeys compare with the screen. */
export type RunReport = {
  readonly run: { readonly id: string; readonly planHash: string };
  readonly outcome: { readonly outcome: string; readonly exitCode: number; readonly title: string };
  readonly accounts: {
    readonly total: {
      readonly read: number;
      readonly accepted: number;
      readonly setAside: number;
      readonly filtered: number;
      readonly balanced: boolean;
    };
  };
};
