import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '#shared/model/value.ts';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import { openSession } from './session.ts';
import { allRows, type Bench, chunkOf, fence, makeBench, outputOf } from './testing.ts';

process.env['TZ'] = 'Asia/Kolkata';

describe.skipIf(!hasMariadb())('sessions', () => {
  let bench: Bench;
  let database: string;
  let certificates: string;
  beforeAll(async () => {
    certificates = mkdtempSync(join(tmpdir(), 'overland-mysql-tls-'));
    const make = (name: string, subject: string): void => {
      const files = ['-keyout', join(certificates, `${name}.key`), '-out', join(certificates, `${name}.pem`)];
      const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=overland'];
      execFileSync('openssl', [...options, '-addext', `subjectAltName=${subject}`, ...files], { stdio: 'ignore' });
    };
    make('server', 'DNS:localhost');
    make('other', 'DNS:elsewhere');
    make('address', 'IP:127.0.0.1');
    execFileSync('chmod', ['-R', 'a+rX', certificates]);
    bench = await makeBench({
      'ssl-cert': join(certificates, 'server.pem'),
      'ssl-key': join(certificates, 'server.key'),
    });
  });
  afterAll(async () => {
    await bench.remove();
    rmSync(certificates, { recursive: true, force: true });
  });
  beforeEach(async () => {
    database = await bench.database();
  });

  describe('TLS', () => {
    const cipher = async (fields: Readonly<Record<string, string>>): Promise<unknown> => {
      const endpoint = bench.endpoint(database, { host: 'localhost', ...fields });
      await using session = await openSession(endpoint, 'write', bench.env);
      await using transaction = await session.begin();
      return (await transaction.query("SHOW STATUS LIKE 'Ssl_cipher'"))[0]?.[1];
    };

    it('is off on this machine, and encrypts where it is asked for', async () => {
      expect(await cipher({})).toBe('');
      expect(await cipher({ tls: 'require' })).toMatch(/^TLS_/);
    });

    it('verifies the certificate and the name', async () => {
      expect(await cipher({ tls: 'verify', tls_ca: join(certificates, 'server.pem') })).toMatch(/^TLS_/);
      await expect(cipher({ tls: 'verify' })).rejects.toThrow('certificate of the server is not accepted');
      await expect(cipher({ tls: 'verify', tls_ca: join(certificates, 'other.pem') })).rejects.toThrow('not accepted');
      const elsewhere = { tls: 'verify', tls_ca: join(certificates, 'server.pem'), host: '127.0.0.1' };
      await expect(cipher(elsewhere)).rejects.toThrow('not accepted');
    });

    it('verifies an address', async () => {
      const own = await makeBench({
        'ssl-cert': join(certificates, 'address.pem'),
        'ssl-key': join(certificates, 'address.key'),
      });
      const fields = { tls: 'verify', tls_ca: join(certificates, 'address.pem') };
      try {
        await using session = await openSession(own.endpoint('mysql', fields), 'read', own.env);
        expect((await session.query('SELECT 1', 1)).rows).toEqual([[1n]]);
        const named = own.endpoint('mysql', { ...fields, host: 'localhost' });
        await expect(openSession(named, 'read', own.env)).rejects.toThrow('not accepted');
      } finally {
        await own.remove();
      }
    });
  });

  it('a script says what has happened, statement by statement, and goes on from there', async () => {
    const sql = `CREATE TABLE a (id INT);
DELIMITER //
CREATE PROCEDURE fill()
BEGIN
  INSERT INTO a VALUES (1);
  INSERT INTO a VALUES (2);
END//
DELIMITER ;
CALL fill();
CREATE TABLE broken (id INT, FOREIGN KEY (id) REFERENCES nowhere (id)), ENGINE = InnoDB;
CREATE TABLE b (id INT);`;
    await using session = await bench.open(database);
    const before: number[] = [];
    const done: number[] = [];
    const run = async (text: string, from: number): Promise<number> => {
      await using transaction = await session.begin('structure');
      const progress = { from, done: (ordinal: number) => void done.push(ordinal) };
      const count = await transaction.script(text, (ordinal) => before.push(ordinal), progress);
      await transaction.commit(null, null);
      return count;
    };
    const failure = await run(sql, 1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ line: 10, error: { code: 'ER_PARSE_ERROR' } });
    expect((failure as { excerpt: string }).excerpt).toMatch(/10 \| CREATE TABLE broken[^\n]*\n +\| +\^$/);
    expect([before, done]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3],
    ]);
    // What `done` was told of has happened and stays, data as well as structure.
    expect(await bench.sql(database, 'SHOW TABLES')).toEqual([['a']]);
    expect(await bench.sql(database, 'SELECT * FROM a')).toEqual([['1'], ['2']]);
    expect(
      await run(sql.replace(', ENGINE', ' ENGINE').replace(', FOREIGN KEY (id) REFERENCES nowhere (id)', ''), 4),
    ).toBe(5);
    expect((await bench.sql(database, 'SHOW TABLES')).flat()).toEqual(['a', 'b', 'broken']);
    expect(await bench.sql(database, 'SELECT * FROM a')).toEqual([['1'], ['2']]);
  });

  it('refuses what would end the transaction, before anything runs', async () => {
    await using session = await bench.open(database);
    for (const word of ['COMMIT', 'START TRANSACTION', 'USE mysql', 'LOCK TABLES a READ', 'SET autocommit = 1']) {
      await using transaction = await session.begin('structure');
      const sql = `CREATE TABLE a (id INT);\n${word};`;
      await expect(transaction.script(sql, () => undefined)).rejects.toMatchObject({ line: 2 });
    }
    expect(await bench.sql(database, 'SHOW TABLES')).toEqual([]);
  });

  it('a script cannot change what later statements of ours mean', async () => {
    await bench.sql(database, 'CREATE TABLE t (id INT PRIMARY KEY, at TIMESTAMP NULL)');
    await using session = await bench.open(database);
    await using transaction = await session.begin('structure');
    await transaction.script("SET sql_mode = '', time_zone = '+05:00'; SET NAMES latin1", () => undefined);
    await transaction.load(
      outputOf('t', ['id', 'at']),
      [[[1n, '2024-01-01 00:00:00+00']]],
      'nothing',
      chunkOf(),
      fence,
    );
    await transaction.commit(null, null);
    expect(await allRows(session, 't', ['at'])).toEqual([['2024-01-01 00:00:00+00']]);
  });

  it('a change of structure that leaves orphans is refused, unless they were there before', async () => {
    await bench.sql(
      database,
      `CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)`,
    );
    await using session = await bench.open(database);
    {
      await using transaction = await session.begin('structure');
      await transaction.script('DELETE FROM p', () => undefined);
      await expect(transaction.commit(null, null)).rejects.toThrow('without their parent: c (p) refers to p');
    }
    expect(await bench.sql(database, 'SELECT * FROM p')).toEqual([['1']]);
    await bench.sql(database, 'SET foreign_key_checks = 0; DELETE FROM p');
    await using transaction = await session.begin('structure');
    await transaction.script('CREATE TABLE other (a INT)', () => undefined);
    await transaction.commit(null, null);
  });

  it('stop ends a load on the server, and nothing of it stays', async () => {
    await bench.sql(database, 'CREATE TABLE t (id INT PRIMARY KEY, a TEXT)');
    await using session = await bench.entered(database);
    async function* endless(): AsyncGenerator<Row[]> {
      for (let id = 0n; ; id += 512n) {
        yield Array.from({ length: 512 }, (_one, index): Row => [id + BigInt(index), 'x'.repeat(200)]);
      }
    }
    const transaction = await session.begin();
    await transaction.claim(chunkOf(), fence);
    const loading = transaction.load(outputOf('t', ['id', 'a']), endless(), 'nothing', chunkOf(), fence);
    const ended = expect(loading).rejects.toThrow('Stopped');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const began = performance.now();
    await session.stop('cancel_query');
    await ended;
    expect(performance.now() - began).toBeLessThan(10_000);
    await transaction[Symbol.asyncDispose]();
    expect(
      await bench.sql(database, "SELECT count(*), (SELECT state FROM overland_chunk WHERE path = '0') FROM t"),
    ).toEqual([['0', 'pending']]);
  });
});
