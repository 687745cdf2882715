import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPostgres, type PostgresServer, startPostgres } from '../../electron/testing/servers/postgres.ts';
import { expect, test } from '../support/fixtures.ts';
import { shop, writeShop } from '../support/shop.ts';

let server: PostgresServer;

test.skip(!hasPostgres(), 'There is no PostgreSQL here (Debian: apt install postgresql)');
test.beforeAll(async () => {
  server = await startPostgres();
});
test.afterAll(async () => {
  await server?.stop();
});

test('a file is copied into a server: address, rule, schema, rows, differences and the way back', async ({
  wizard,
  folder,
}) => {
  const bundle = join(folder, 'work', 'shop');
  const { main, page, dialog } = wizard;
  const database = await server.createDatabase();
  const rows = async (text: string) => (await server.sql(database, text))[0]?.[0];
  writeShop(bundle);

  await test.step('an address is pasted, taken apart and tested', async () => {
    await wizard.home.open(bundle);
    await wizard.answers('Shop: from a file to a server');
    await wizard.next('Check the connections');
    await wizard.answers('Not yet. 1 of 2 endpoints is not ready');
    await wizard.connections.choose('new');
    const { host, port, user } = server.fields;
    await wizard.connections.paste(`postgres://${user}:of-no-use@${host}:${port}/${database}`);
    await expect(main.getByRole('status').filter({ hasText: 'NEW_PASSWORD' })).toBeVisible();
    expect(await page.content()).not.toContain('of-no-use');
    await expect(main.getByLabel('Database', { exact: true })).toHaveValue(database);
    await wizard.answers('Yes. All 2 endpoints are ready');
  });

  await test.step('the plan names what needs a rule, and the rule is written into the profile', async () => {
    await wizard.next('Analyse the plan');
    await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 60_000 });
    await wizard.tab(/^Type mapping/);
    await main.getByText(/^Needs a rule 1$/).click();
    const row = main.locator('tbody tr');
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(`${shop.notesWithNul} contain NUL`);
    await row.getByRole('button', { name: /rule for orders\.note$/ }).click();
    await expect(dialog).toContainText('"orders.note" = { nul = "remove" }');
    await dialog.getByRole('button', { name: 'Write it and analyse again' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(wizard.primary.filter({ hasText: 'Accept plan and back up' })).toBeEnabled({ timeout: 60_000 });
    await wizard.tab(/^Type mapping/);
    await expect(main.getByText(/^Needs a rule 0$/)).toBeVisible();
    const profile = readFileSync(join(bundle, 'profile.toml'), 'utf8');
    expect(profile).toContain('[steps.shop] # all tables, as they are');
    expect(profile).toContain('"orders.note" = { nul = "remove" }');
  });

  await test.step('the dry run shows the structure side by side', async () => {
    await wizard.next('Accept plan and back up');
    await wizard.next('Start the dry run');
    await expect(wizard.primary.filter({ hasText: /^Execute 1 step…/ })).toBeEnabled({ timeout: 60_000 });
    await wizard.tab(/^Schema/);
    await main
      .getByRole('group', { name: 'Objects' })
      .getByRole('button', { name: /orders/ })
      .first()
      .click();
    await expect(main.getByRole('region', { name: /orders before and after/ })).toContainText('numeric(12,2)');
    expect(await rows(`select count(*) from information_schema.tables where table_schema = 'public'`)).toBe('0');
  });

  await test.step('the copy arrives whole', async () => {
    await wizard.next(/^Execute 1 step…/);
    await wizard.asks('May it start?');
    await wizard.next(/^Execute 1 step/);
    await wizard.execute.finished();
    expect(await rows('select count(*) from orders')).toBe(String(shop.orders));
    expect(await rows(`select note from orders where id = 500`)).toBe('leftright');
    await wizard.next('Go to validation');
    await wizard.answers(/^Yes/);
  });

  await test.step('a full validation names what was changed since, down to the column', async () => {
    await server.sql(database, 'update orders set total = total + 1 where id = 77');
    await page.getByRole('button', { name: 'Validate in full' }).click();
    await wizard.answers(/^No\./);
    await wizard.tab(/^Issues/);
    await main
      .getByText(/differ/)
      .first()
      .click();
    await expect(main).toContainText('97.25');
    await expect(main).toContainText('96.25');
    await server.sql(database, 'update orders set total = total - 1 where id = 77');
  });

  await test.step('the way back leaves nothing', async () => {
    await wizard.go('Rollback');
    await wizard.answers(/^Brings back/);
    await page.getByLabel(/^Type .* to confirm the rollback/).fill(await typed(page));
    await wizard.next(/^Roll back/);
    await expect(main.locator('h1')).toHaveText(/^Yes/, { timeout: 60_000 });
    expect(await rows(`select count(*) from information_schema.tables where table_schema = 'public'`)).toBe('0');
  });
});

/** What the rollback asks to be typed. */
async function typed(page: import('@playwright/test').Page): Promise<string> {
  const label = await page.getByLabel(/^Type .* to confirm the rollback/).evaluate((field) => {
    const input = field as HTMLInputElement;
    return input.labels?.[0]?.textContent ?? input.getAttribute('aria-label') ?? '';
  });
  return /^Type (.*) to confirm/.exec(label)![1]!;
}
