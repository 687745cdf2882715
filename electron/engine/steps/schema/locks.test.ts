import { expect, test } from 'vitest';
import { mysqlEffects } from './locks-mysql.ts';
import { postgresEffects } from './locks-postgres.ts';

const short = (effects: ReturnType<typeof postgresEffects>) =>
  effects.map(({ table, blocks, work }) => `${table} ${blocks} ${work}`).sort();

test.each([
  ['ALTER TABLE orders ADD COLUMN note text', ['orders everything instant']],
  ['ALTER TABLE orders ADD COLUMN n int DEFAULT 0', ['orders everything instant']],
  ['ALTER TABLE orders ADD COLUMN u uuid DEFAULT gen_random_uuid()', ['orders everything rewrite']],
  ['ALTER TABLE orders ADD n bigserial', ['orders everything rewrite']],
  ['ALTER TABLE orders ALTER COLUMN a TYPE bigint', ['orders everything rewrite']],
  ['ALTER TABLE ONLY public.orders ALTER a SET NOT NULL, ADD b int', ['orders everything scan']],
  [
    'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id)',
    ['orders writes scan', 'users writes instant'],
  ],
  [
    'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id) NOT VALID',
    ['orders writes instant', 'users writes instant'],
  ],
  ['ALTER TABLE orders VALIDATE CONSTRAINT f', ['orders nothing scan']],
  ['ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0)', ['orders everything scan']],
  ['ALTER TABLE orders DROP COLUMN a', ['orders everything instant']],
  ['ALTER TABLE "Big Orders" SET LOGGED', ['Big Orders everything rewrite']],
  ['CREATE INDEX i ON orders (a)', ['orders writes scan']],
  ['CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY shop.orders USING btree (a)', ['orders nothing scan']],
  ['TRUNCATE orders', ['orders everything instant']],
  ['VACUUM FULL orders', ['orders everything rewrite']],
  ['UPDATE orders SET a = 1', ['orders nothing rewrite']],
  ['UPDATE orders SET a = 1 WHERE id = 2', []],
  ['CREATE TABLE fresh (a int)', []],
])('PostgreSQL: %s', (code, expected) => {
  expect(short(postgresEffects(code))).toEqual(expected);
});

test.each([
  ['ALTER TABLE orders ADD COLUMN note text', ['orders everything instant']],
  ['ALTER TABLE orders MODIFY a BIGINT', ['orders writes rewrite']],
  ['ALTER TABLE `orders` CONVERT TO CHARACTER SET utf8mb4', ['orders writes rewrite']],
  ['ALTER TABLE orders DROP PRIMARY KEY', ['orders writes rewrite']],
  ['ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)', ['orders nothing rewrite']],
  ['ALTER TABLE orders ADD INDEX i (a)', ['orders nothing scan']],
  ['ALTER TABLE orders ADD FULLTEXT INDEX i (a)', ['orders writes scan']],
  ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id)', ['orders writes rewrite']],
  ['ALTER TABLE orders ENGINE = InnoDB', ['orders nothing rewrite']],
  ['ALTER TABLE orders ADD c INT, ALGORITHM=COPY', ['orders writes rewrite']],
  ['CREATE INDEX i ON orders (a)', ['orders nothing scan']],
  ['OPTIMIZE TABLE orders', ['orders nothing rewrite']],
  ['RENAME TABLE orders TO old', ['orders everything instant']],
])('MySQL: %s', (code, expected) => {
  expect(short(mysqlEffects(code))).toEqual(expected);
});
