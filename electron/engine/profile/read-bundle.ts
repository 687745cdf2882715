import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Problem } from '#shared/model/finding.ts';
import { sentence } from '../values/sentence.ts';
import { decodeText } from './decode-text.ts';
import type { BundleFiles } from './profile.ts';

const limits = { files: 10_000, depth: 20, textBytes: 8 * 1024 ** 2 };
const dataName = /\.(?:db|db3|sqlite|sqlite3|jsonl|ndjson|log)(?:-(?:wal|shm|journal))?$/i;

/**
 * Reads the files of a bundle. Left out of texts and hash are names that begin with a dot, data files (by their extension), and
 * what is at or under `data`: paths, relative to the folder, that connections point to.
 */
export async function readBundle(
  folder: string,
  data: readonly string[],
): Promise<{ readonly files: BundleFiles } | { readonly problems: readonly Problem[] }> {
  const walk = new Walk(await realpath(folder), data);
  await walk.folder('', 0);
  if (walk.problems.length > 0) return { problems: walk.problems };
  return { files: walk.result(folder) };
}

type Entry = { readonly text: string | null; readonly sha256: string };

class Walk {
  readonly problems: Problem[] = [];
  readonly #root: string;
  readonly #data: readonly string[];
  readonly #entries = new Map<string, Entry>();

  constructor(root: string, data: readonly string[]) {
    this.#root = root;
    this.#data = data.map((path) => resolve(root, path));
  }

  async folder(inside: string, depth: number): Promise<void> {
    if (depth > limits.depth) {
      this.#problem(
        inside,
        `Folders are nested deeper than ${limits.depth}`,
        'Open the folder that holds profile.toml.',
      );
      return;
    }
    const entries = await readdir(join(this.#root, inside), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => compareText(a.name, b.name))) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.name.startsWith('.') || dataName.test(entry.name) || this.#isData(path)) continue;
      if (entry.isDirectory()) await this.folder(path, depth + 1);
      else if (entry.isSymbolicLink()) await this.#link(path);
      else if (entry.isFile()) await this.#file(path);
      if (this.#entries.size > limits.files) {
        if (this.problems.length === 0) {
          this.#problem(
            '',
            `The folder holds more than ${limits.files} files`,
            'Open the folder that holds profile.toml.',
          );
        }
        return;
      }
    }
  }

  result(folder: string): BundleFiles {
    const entries = this.#entries;
    const hash = createHash('sha256');
    for (const path of [...entries.keys()].sort(compareText)) hash.update(`${path}\0${entries.get(path)?.sha256}\n`);
    const digest = hash.digest('hex');
    return {
      folder,
      hash: digest,
      text: (path) => entries.get(plainPath(path))?.text ?? null,
      list: (under) => {
        const prefix = plainPath(under) === '' ? '' : `${plainPath(under)}/`;
        return [...entries.keys()].filter(
          (path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'),
        );
      },
    };
  }

  async #file(path: string): Promise<void> {
    const full = join(this.#root, path);
    const { size } = await stat(full);
    if (size > limits.textBytes) {
      this.#entries.set(path, { text: null, sha256: await streamHash(full) });
      return;
    }
    const bytes = await readFile(full);
    const decoded = decodeText(bytes);
    const content = 'text' in decoded ? decoded.text.replace(/\r\n?/g, '\n') : bytes;
    this.#entries.set(path, {
      text: 'text' in decoded ? decoded.text : null,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  }

  /** A link may point to a file of the bundle and to nothing else, so that the hash covers all that is read. */
  async #link(path: string): Promise<void> {
    const target = await realpath(join(this.#root, path)).catch(() => null);
    if (target === null) {
      this.#problem(path, `\`${path}\` is a link to nothing`, 'Remove it, or put the file there.');
    } else if (relative(this.#root, target).startsWith('..') || resolve(target) === this.#root) {
      this.#problem(path, `\`${path}\` is a link that leaves the bundle`, 'Put the file itself into the bundle.');
    } else if ((await stat(target)).isFile()) {
      await this.#file(path);
    } else {
      this.#problem(path, `\`${path}\` is a link to a folder`, 'Put the files themselves into the bundle.');
    }
  }

  #isData(path: string): boolean {
    const full = join(this.#root, path);
    return this.#data.some(
      (data) =>
        full === data ||
        full.startsWith(data + sep) ||
        (/^-(?:wal|shm|journal)$/.test(full.slice(data.length)) && full.startsWith(data)),
    );
  }

  #problem(file: string, message: string, advice: string): void {
    this.problems.push({
      file: file === '' ? '.' : file,
      line: null,
      column: null,
      key: null,
      message: sentence(message),
      advice,
    });
  }
}

async function streamHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Without `./` in front and slashes at the end. */
function plainPath(path: string): string {
  return path
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

/** By code units: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
