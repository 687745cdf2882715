import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const profile = `# Moves the shop from its file to a server.
overland = 1
id = "shop"
version = "1.0.0"
title = "Shop: from a file to a server"

[connections]
old = { engine = "sqlite", path = "shop.db" }
new = { engine = "postgres", access = "write", host = "db-01", database = "shop", user = "app" }

[steps.shop] # all tables, as they are
kind = "records"
source = { connection = "old" }
target = { connection = "new", mode = "create" }
`;

/** Records of the table `orders`, and how many of their notes hold what PostgreSQL does not take. */
export const shop = { orders: 6000, notesWithNul: 12 } as const;

/** A bundle that copies a SQLite file whole into PostgreSQL, with values that need a rule. */
export function writeShop(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'profile.toml'), profile);
  const database = new Database(join(folder, 'shop.db'));
  database.exec(`
    create table customers (id integer primary key, name text not null, email varchar(120) unique, since date);
    create table orders (
      id integer primary key,
      customer_id integer not null references customers (id),
      placed timestamp not null,
      total decimal(12,2) not null check (total >= 0),
      paid boolean not null default 0,
      note text
    );
    create index orders_placed on orders (placed);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 800)
    insert into customers select i, 'Customer ' || i, 'c' || i || '@shop.example', date('2019-01-01', i || ' days') from n;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${shop.orders})
    insert into orders select i, 1 + i % 800, datetime('2022-01-01', i || ' minutes'), round(i * 1.25, 2), i % 2,
      case when i % 500 = 0 then 'left' || char(0) || 'right' when i % 3 = 0 then 'Ring twice' end from n;
  `);
  database.close();
}
