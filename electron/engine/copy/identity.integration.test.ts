import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';
import { column, designOne, table } from './testing.ts';
import { allRows, engineIsHere, startEngine, type TestEngine } from './testing-engines.ts';

const engines: readonly Engine[] = ['sqlite', 'postgres', 'mysql'];
const running = new Map<Engine, TestEngine>();
beforeAll(async () => {
  for (const engine of engines.filter(engineIsHere)) running.set(engine, await startEngine(engine));
});
afterAll(async () => {
  for (const one of running.values()) await one.stop();
});

describe('case 8: the next insert works', () => {
  const cases = [
    { name: 'an empty table', ids: [], next: 1n },
    { name: 'a filled table', ids: [3n, 41n], next: 42n },
    { name: 'numbers below zero only', ids: [-5n], next: 1n },
    { name: 'a number beyond 32 bits', ids: [5_000_000_000n], next: 5_000_000_001n },
  ] as const;
  for (const engine of engines) {
    it.skipIf(!engineIsHere(engine)).each(cases)(`${engine}: $name`, async ({ ids, next }) => {
      const source = engine === 'postgres' ? 'mysql' : 'postgres';
      const key = column('Row Id', 'bigint', { nullable: false, details: { identity: 'auto' } });
      const info = table('odd \'name"', [key, column('note', 'text')], { primaryKey: ['Row Id'] });
      const planned = designOne(source, engine, info);
      const dialect = dialectOf(engine);
      const { session } = await (running.get(engine) as TestEngine).make('');
      const run = async (statement: string | null) => {
        if (statement === null) return;
        await using transaction = await session.begin('structure');
        await transaction.execute(statement);
        await transaction.commit(null, null);
      };
      const [name, id, note] = [planned.target, 'Row Id', 'note'].map((one) => dialect.quote(one));
      for (const statement of dialect.createTable(planned.design)) await run(statement);
      for (const value of ids) await run(`INSERT INTO ${name} (${id}) VALUES (${value})`);
      await run(dialect.setIdentity(planned.target, planned.identity ?? ''));
      await run(`INSERT INTO ${name} (${note}) VALUES ('next')`);
      const rows = await allRows(session, planned.target, ['Row Id', 'note']);
      expect(rows.find((row) => row[1] === 'next')?.[0]).toBe(next);
      await session[Symbol.asyncDispose]();
    });
  }
});
