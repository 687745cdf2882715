import { join } from 'node:path';
import { startPostgres } from '../../electron/testing/servers/postgres.ts';
import { test } from '../support/fixtures.ts';
import { beforeWriting } from './before-writing.ts';
import { canServe, copying, noServer } from './copying.ts';
import { pictures } from './picture.ts';
import { seldomStates } from './states.ts';
import { afterWriting, wayBack, writing } from './writing.ts';

test('a picture of every screen, light and dark', async ({ wizard, host, cli, folder }) => {
  const show = await pictures({ wizard });
  const walk = { wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 3000, show };
  await beforeWriting(walk);
  await writing(walk);
  await afterWriting(walk);
  await wayBack(walk);
});

test('a picture of every refusal and every stop, light and dark', async ({ wizard, host, cli, folder }) => {
  test.setTimeout(1_200_000);
  const show = await pictures({ wizard });
  await seldomStates({ wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 4000, show });
});

test('a picture of a copy into a server, light and dark', async ({ wizard, host, cli, folder }) => {
  test.skip(!canServe, noServer);
  const server = await startPostgres();
  try {
    const show = await pictures({ wizard });
    await copying({ wizard, host, cli, work: join(folder, 'account', 'migrations'), tasks: 0, show }, server);
  } finally {
    await server.stop();
  }
});
