import { join } from 'node:path';
import { hasPostgres, startPostgres } from '../../electron/testing/servers/postgres.ts';
import { test } from '../support/fixtures.ts';
import { beforeWriting } from './before-writing.ts';
import { copying } from './copying.ts';
import { pictures } from './picture.ts';
import { seldomStates } from './states.ts';
import { afterWriting, wayBack, writing } from './writing.ts';

test('a picture of every screen, light and dark', async ({ wizard, host, cli, folder }) => {
  const show = await pictures({ wizard });
  const walk = { wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 8000, show };
  await beforeWriting(walk);
  await writing(walk);
  await afterWriting(walk);
  await wayBack(walk);
});

test('a picture of every refusal and every stop, light and dark', async ({ wizard, host, cli, folder }) => {
  test.setTimeout(600_000);
  const show = await pictures({ wizard });
  await seldomStates({ wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 4000, show });
});

test('a picture of a copy into a server, light and dark', async ({ wizard, host, cli, folder }) => {
  // It makes a role and a database of its own names, so it is only for a server that ends with it.
  const own = hasPostgres() && !process.env.OVERLAND_TEST_POSTGRES_URL;
  test.skip(!own, 'No PostgreSQL can be started here (Debian: apt install postgresql)');
  const server = await startPostgres();
  try {
    const show = await pictures({ wizard });
    await copying({ wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 0, show }, server);
  } finally {
    await server.stop();
  }
});
