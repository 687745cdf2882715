import { expect, type Page } from '@playwright/test';

export const themes = ['light', 'dark'] as const;
export type ThemeName = (typeof themes)[number];

/** Shows the page in a theme, as the system's setting would; the setting of Overland must be "System", as it is at first. */
export async function inTheme(page: Page, theme: ThemeName): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
}
