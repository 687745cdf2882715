import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../support/fixtures.ts';
import { picturesFolder } from '../support/places.ts';
import { inTheme, themes } from '../support/theme.ts';
import { beforeWriting } from './before-writing.ts';
import { afterWriting, wayBack, writing } from './writing.ts';

test('a picture of every screen and state, light and dark', async ({ wizard, host, cli, folder }) => {
  await mkdir(picturesFolder, { recursive: true });
  const show = async (name: string) => {
    for (const theme of themes) {
      await inTheme(wizard.page, theme);
      await wizard.page.screenshot({ path: join(picturesFolder, `${name}-${theme}.png`), animations: 'disabled' });
    }
  };
  const walk = { wizard, host, cli, work: join(folder, 'work'), tasks: 8000, show };
  await beforeWriting(walk);
  await writing(walk);
  await afterWriting(walk);
  await wayBack(walk);
});
