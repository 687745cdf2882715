import { join } from 'node:path';
import { test } from '../support/fixtures.ts';
import { beforeWriting } from './before-writing.ts';
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
