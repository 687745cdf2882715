import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import type { ProtectedItem } from '../relational.ts';
import { mysqlDriver } from './index.ts';
import { allRows, type Bench, makeBench } from './testing.ts';

process.env['TZ'] = 'America/St_Johns';

const structure = `
  CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) CHARACTER SET latin1 NOT NULL UNIQUE) AUTO_INCREMENT = 50;
  CREATE TABLE c (id BIGINT UNSIGNED PRIMARY KEY, p INT, f FLOAT, d DOUBLE, n DECIMAL(30,10), at TIMESTAMP(6) NULL, day DATE, e ENUM('a','b'),
    b BLOB, bits BIT(9), t LONGTEXT, y YEAR, g INT GENERATED ALWAYS AS (id + 1) VIRTUAL, point POINT, FOREIGN KEY (p) REFERENCES p (id));
  CREATE TABLE loose (a TEXT);
  CREATE VIEW a_view AS SELECT * FROM z_view_below; `;
const content = `
  INSERT INTO p VALUES (1, 'é€'), (2, 'b');
  INSERT INTO c (id, p, f, d, n, at, day, e, b, bits, t, y, point) VALUES
    (18446744073709551614, 1, 16777216, 0.1, 12345678901234567890.0123456789, '2024-03-31 02:30:00.123456', '0000-00-00', 'nothing', x'00ff0a27', 257,
     'tab\\t line\\n quote\\' back\\\\ nul\\0 😀', 0, ST_GeomFromText('POINT(1 2)', 4326)),
    (0, NULL, -1.1, 1e300, -0.5, NULL, '2022-11-00', 'b', '', 0, '', 2155, NULL);
  INSERT INTO loose VALUES ('x'), ('x'), (NULL);
  CREATE TRIGGER watch BEFORE UPDATE ON p FOR EACH ROW BEGIN SET NEW.name = CONCAT(NEW.name, ''); END;
  CREATE PROCEDURE tidy() BEGIN DELETE FROM loose; END;`;

describe.skipIf(!hasMariadb())('rollback point', () => {
  let bench: Bench;
  let database: string;
  let folder: string;
  let count = 0;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(() => bench.remove());
  beforeEach(async () => {
    database = await bench.database();
    count += 1;
    folder = join(bench.folder, `point${count}`);
    await bench.sql(database, structure.replace(/CREATE VIEW[^;]*;/, ''));
    await bench.sql(
      database,
      `CREATE VIEW z_view_below AS SELECT id FROM p; CREATE VIEW a_view AS SELECT * FROM z_view_below`,
    );
    await bench.sql(database, content);
  });

  async function protect(): Promise<ProtectedItem[]> {
    const items: ProtectedItem[] = [];
    for await (const event of mysqlDriver.protect({ endpoint: bench.endpoint(database), folder }, bench.env)) {
      if (event.kind === 'item') items.push(event.item);
    }
    return items;
  }

  async function whole(): Promise<string> {
    await using session = await bench.open(database, 'read');
    return (await session.fingerprint(null, 'exact')).value;
  }

  const damage = `
    UPDATE p SET name = 'changed' WHERE id = 2; DELETE FROM c WHERE id = 0; ALTER TABLE loose ADD COLUMN extra INT; INSERT INTO p (name) VALUES ('new');
    CREATE TABLE later (a INT); DROP VIEW a_view; DROP PROCEDURE tidy; CREATE VIEW other AS SELECT 1 AS one; DROP TRIGGER watch`;

  it('gives back structure, rows, numbers, views, triggers and routines, exact', async () => {
    const before = await whole();
    const items = await protect();
    expect(items.map((item) => item.object)).toEqual(['c', 'loose', 'p', 'views, triggers, routines']);
    expect(readdirSync(folder).sort()).toEqual([
      '0001-c.sql',
      '0002-loose.sql',
      '0003-p.sql',
      'RESTORE.md',
      'objects.sql',
    ]);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await bench.sql(database, damage);
    expect(await whole()).not.toBe(before);
    const request = { endpoint: bench.endpoint(database), items, folder, whenOthersWrote: 'replace' } as const;
    const { findings, proof } = await mysqlDriver.restore(request, bench.env);
    expect(findings).toEqual([]);
    expect(proof.filter((line) => line.before !== line.after)).toEqual([]);
    expect(await whole()).toBe(before);
    await bench.sql(database, "INSERT INTO p (name) VALUES ('next')");
    expect(await bench.sql(database, "SELECT id FROM p WHERE name = 'next'")).toEqual([['50']]);
    expect(await bench.sql(database, 'SELECT id FROM a_view WHERE id = 1')).toEqual([['1']]);
  });

  it('leaves what others wrote, and says so', async () => {
    const items = await protect();
    await bench.sql(database, "UPDATE p SET name = 'theirs' WHERE id = 2");
    const result = await mysqlDriver.restore({ endpoint: bench.endpoint(database), items, folder }, bench.env);
    expect(result.findings).toMatchObject([{ category: 'written_by_others', path: expect.stringContaining('/ p') }]);
    expect(await bench.sql(database, 'SELECT name FROM p WHERE id = 2')).toEqual([['theirs']]);
  });

  it('does nothing to what is as it was, but the next number', async () => {
    const before = await whole();
    const items = await protect();
    await bench.sql(database, "INSERT INTO p (name) VALUES ('gone'); DELETE FROM p WHERE name = 'gone'");
    const result = await mysqlDriver.restore({ endpoint: bench.endpoint(database), items, folder }, bench.env);
    expect(result.findings).toEqual([]);
    expect(await whole()).toBe(before);
  });

  it('an attempt that was cut short is begun again', async () => {
    const before = await whole();
    const items = await protect();
    await bench.sql(database, damage);
    const request = { endpoint: bench.endpoint(database), items, folder, whenOthersWrote: 'replace' } as const;
    const killed = {
      hit: (name: string) => {
        if (name === 'restore.swap.after') throw new Error('killed');
      },
    };
    await expect(mysqlDriver.restore(request, { ...bench.env, failpoints: killed })).rejects.toThrow('killed');
    await bench.sql(database, 'DROP TABLE c');
    const again = await mysqlDriver.restore({ ...request, whenOthersWrote: 'keep' }, bench.env);
    expect(again.findings).toEqual([]);
    expect(await whole()).toBe(before);
  });

  it('refuses a copy that changed in the point', async () => {
    const items = await protect();
    appendFileSync(join(folder, '0003-p.sql'), 'DROP DATABASE mysql;\n');
    const request = { endpoint: bench.endpoint(database), items, folder, whenOthersWrote: 'replace' } as const;
    await expect(mysqlDriver.restore(request, bench.env)).rejects.toMatchObject({ code: 'FAILED' });
  });

  it('RESTORE.md has commands that do it without us', async () => {
    const before = await whole();
    const items = await protect();
    await bench.sql(database, "UPDATE p SET name = 'changed' WHERE id = 2; DELETE FROM c");
    const guide = readFileSync(join(folder, 'RESTORE.md'), 'utf8');
    await bench.sql(database, 'CREATE TABLE since (id INT PRIMARY KEY)');
    const commands = [...guide.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, text]) => text).join('\n');
    execFileSync('sh', ['-ec', commands.replaceAll('--password ', '')], { cwd: folder });
    expect(items).toHaveLength(4);
    expect(await whole()).toBe(before);
  });

  it('a scratch database has the structure alone, takes writes, and is dropped', async () => {
    const scratch = await mysqlDriver.makeScratch(bench.endpoint(database), folder, bench.env);
    const name = scratch.engine === 'mysql' ? (scratch.fields['database'] ?? '') : '';
    expect(name).toMatch(/^overland_scratch_/);
    {
      await using copy = await mysqlDriver.connect(scratch, 'scratch', bench.env);
      await using real = await bench.open(database, 'read');
      const [there, here] = [await copy.catalog(null), await real.catalog(null)];
      expect(there.tables.map((table) => table.sql)).toEqual(here.tables.map((table) => table.sql));
      expect(there.others).toEqual(here.others);
      expect(await allRows(copy, 'p', ['id'])).toEqual([]);
      await copy.direct?.(['ALTER TABLE p ADD COLUMN more INT']);
    }
    await mysqlDriver.dropScratch?.(scratch, bench.env);
    await mysqlDriver.dropScratch?.(scratch, bench.env);
    expect(await bench.sql(database, `SHOW DATABASES LIKE 'overland\\_scratch%'`)).toEqual([]);
    await expect(mysqlDriver.dropScratch?.(bench.endpoint(database), bench.env)).rejects.toThrow('no scratch');
  });
});
