import { join } from 'node:path';
import { expect } from '@playwright/test';
import { hasPostgres, type PostgresServer } from '../../electron/testing/servers/postgres.ts';
import { writeShop } from '../support/shop.ts';
import type { Walk } from './walk.ts';

/** It makes a role and a database of names of its own, so it is only for a server that ends with it. */
export const canServe = hasPostgres() && !process.env.OVERLAND_TEST_POSTGRES_URL;
export const noServer = 'No PostgreSQL can be started here (Debian: apt install postgresql)';

/** A file that is copied whole into a server: its form, a right that is missing, rules of types, the structure, differences. */
export async function copying(walk: Walk, server: PostgresServer): Promise<void> {
  const { wizard, show, work } = walk;
  const { main, page, dialog } = wizard;
  const database = 'shop';
  await server.sql('postgres', `create database ${database}`);
  const bundle = join(work, 'shop');
  writeShop(bundle);
  await server.sql('postgres', `create role reader login password 'of-no-use'`);
  const { host, port } = server.fields;
  const address = (user: string) => `postgres://${user}:of-no-use@${host}:${port}/${database}`;
  await wizard.home.open(bundle);
  await wizard.answers('Shop: from a file to a server');
  await wizard.next('Check the connections');
  await wizard.connections.choose('new');
  await main.getByLabel('Or paste an address').fill(address('reader'));
  await show('02-connections-address');
  await wizard.connections.paste(address('reader'));
  await expect(main.getByText(/^GRANT CREATE/).first()).toBeVisible({ timeout: 30_000 });
  await show('02-connections-missing-right');
  await wizard.connections.paste(address(server.fields.user!));
  await wizard.answers('Yes. All 2 endpoints are ready');
  await main.getByRole('button', { name: 'Certificates and time limit...' }).click();
  await show('02-connections-server');
  await wizard.next('Analyse the plan');
  await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 180_000 });
  await wizard.tab(/^Type mapping/);
  await show('03-plan-types-copy');
  await main.getByRole('button', { name: /rule for orders\.note$/ }).click();
  await expect(dialog).toContainText('"orders.note" = { nul = "remove" }');
  await show('03-plan-rule');
  await dialog.getByRole('button', { name: 'Write it and analyse again' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 180_000 });
  await wizard.tab(/^Forecast/);
  await show('03-plan-forecast-copy');
  await wizard.next('Accept plan and back up');
  await wizard.next('Start the dry run');
  await expect(wizard.primary.filter({ hasText: /^Execute 1 step…/ })).toBeEnabled({ timeout: 180_000 });
  await wizard.tab(/^Before and after/);
  await show('05-dryrun-sample-copy');
  await wizard.tab(/^Schema/);
  await main
    .getByRole('group', { name: 'Objects' })
    .getByRole('button', { name: /orders/ })
    .first()
    .click();
  await show('05-dryrun-schema-copy');
  await wizard.next(/^Execute 1 step…/);
  await wizard.asks('May it start?');
  await wizard.next(/^Execute 1 step/);
  await wizard.execute.finished();
  await wizard.go('Dry run');
  await wizard.tab(/^Schema/);
  await show('05-dryrun-schema-executed');
  await wizard.go('Validate');
  await wizard.tab(/^Counts/);
  await show('07-validate-counts-copy');
  await server.sql(
    database,
    `update orders set total = total + 1 where id in (77, 78);
     update customers set name = 'Customer No. 12' where id = 12;
     delete from orders where id = 5999`,
  );
  await page.getByRole('button', { name: 'Validate in full' }).click();
  await wizard.answers(/^No\./);
  await wizard.tab(/^Issues/);
  await main
    .getByText(/differ/)
    .first()
    .click();
  await show('07-validate-differences');
}
