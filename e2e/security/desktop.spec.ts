import type { DesktopHost } from '../hosts/desktop-host.ts';
import { expect, test } from '../support/fixtures.ts';
import { expectNoNode, expectPolicy } from './page-checks.ts';

test('the page: no Node, no inline script, no remote content, nothing exposed by the preload', async ({
  wizard,
  host,
}) => {
  await wizard.answers(/./);
  await expectNoNode(host.page);
  await expectPolicy(host.page);
  const preferences = await (host as DesktopHost).app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webviewTag };
  });
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false });
});

test('the window: it does not leave the wizard and opens no other', async ({ wizard, host }) => {
  await wizard.answers(/./);
  const { page } = host;
  const address = page.url();
  for (const away of ['https://evil.example/', 'file:///etc/passwd', 'data:text/html,hello']) {
    await page.evaluate((to) => {
      location.href = to;
    }, away);
    await page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
      link.remove();
    }, away);
  }
  expect(await page.evaluate(() => window.open('https://evil.example/'))).toBeNull();
  const windows = await (host as DesktopHost).app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(windows).toBe(1);
  // Not by a click: Playwright would wait for the navigations that were refused.
  await page.evaluate(() => {
    location.hash = '#/settings';
  });
  await expect.poll(() => page.evaluate(() => document.querySelector('main h1')?.textContent)).toBe('Settings');
  expect(page.url().split('#')[0]).toBe(address.split('#')[0]);
});
