import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Started = {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What stdout has so far. */
  stdout(): string;
  /** Resolves when the text has appeared on stdout or stderr; rejects when the process ends before. */
  saw(text: string): Promise<void>;
};

/** The command line as a process of its own, with a data folder of its own, for tests. */
export class CommandLineBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'overland-cli-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  start(...args: readonly string[]): Started {
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, OVERLAND_HOME: join(this.folder, 'home') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
    const saw = async (text: string): Promise<void> => {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (!(stdout + stderr).includes(text)) {
        if (over) throw new Error(`It ended without "${text}":\n${stdout}\n${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    return { process: child, ended, stdout: () => stdout, saw };
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** With --json, and what it answered. */
  async json(...args: readonly string[]): Promise<Ended & { readonly answer: ReturnType<typeof JSON.parse> }> {
    const ended = await this.run(...args, '--json');
    return { ...ended, answer: ended.stdout === '' ? null : JSON.parse(ended.stdout) };
  }

  /** Ended by SIGKILL at a failpoint; throws when it ended otherwise. */
  async killedAt(place: string, ...args: readonly string[]): Promise<void> {
    process.env['OVERLAND_FAILPOINT'] = place;
    const ended = await this.run(...args, '--json');
    delete process.env['OVERLAND_FAILPOINT'];
    if (ended.code !== null)
      throw new Error(`It was not killed at ${place}, but ended with ${ended.code}:\n${ended.stderr}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
