import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesFolder } from '../support/places.ts';
import { inTheme, themes } from '../support/theme.ts';
import type { Walk } from './walk.ts';

/** Makes the pictures of a stop, light and dark, as the screen looks when nobody points at anything. */
export async function pictures({ wizard }: Pick<Walk, 'wizard'>): Promise<Walk['show']> {
  await mkdir(picturesFolder, { recursive: true });
  return async (name) => {
    const { page } = wizard;
    await page.mouse.move(640, 798);
    for (const theme of themes) {
      await inTheme(page, theme);
      await page.screenshot({ path: join(picturesFolder, `${name}-${theme}.png`), animations: 'disabled' });
    }
  };
}
