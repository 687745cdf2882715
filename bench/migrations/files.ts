import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that both read: numbered, with an up and a down section of one statement each. */
export async function writeMigrations(folder: string, count: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const table = `made_${String(number).padStart(6, '0')}`;
    const text = `-- migrate:up\nCREATE TABLE ${table} (id INTEGER PRIMARY KEY);\n\n-- migrate:down\nDROP TABLE ${table};\n`;
    await writeFile(join(folder, `${String(20_250_101_000_000 + number)}_${table}.sql`), text);
  }
}

/** A bundle that applies the files of `scripts` through `connection`, the line of a profile. */
export async function writeMigrationBundle(bundle: string, scripts: string, connection: string): Promise<string> {
  await rm(bundle, { recursive: true, force: true });
  await mkdir(bundle, { recursive: true });
  await cp(scripts, join(bundle, 'sql'), { recursive: true });
  await writeFile(
    join(bundle, 'profile.toml'),
    `overland = 1
id = "bench-migrations"
version = "1.0.0"

[connections]
app = ${connection}

[steps.model]
kind = "schema"
target = "app"
migrations = "sql"
undo = "down"
`,
  );
  return bundle;
}
