import { expect, type Page } from '@playwright/test';

/** Nothing of Node or Electron can be reached from the page. */
export async function expectNoNode(page: Page): Promise<void> {
  const reached = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', '__dirname', 'global'].filter(
      (name) => name in window,
    ),
  );
  expect(reached).toEqual([]);
}

/** Scripts from text, from elsewhere and from strings do not run; nothing is fetched from elsewhere. */
export async function expectPolicy(page: Page): Promise<void> {
  const outcome = await page.evaluate(async () => {
    const blocked: string[] = [];
    addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
    const ran = () => 'hacked' in window;
    const inline = document.createElement('script');
    inline.textContent = 'window.hacked = true';
    document.body.append(inline);
    const holder = document.createElement('div');
    holder.innerHTML = '<img src="x:" onerror="window.hacked = true">';
    document.body.append(holder);
    const remote = document.createElement('script');
    remote.src = 'https://evil.example/x.js';
    const refused = new Promise((resolve) => remote.addEventListener('error', resolve));
    document.body.append(remote);
    await refused;
    let evaluated = true;
    try {
      // biome-ignore lint/security/noGlobalEval: that it does not work is what is tested
      window.eval('window.hacked = true');
    } catch {
      evaluated = false;
    }
    const told = new Promise<void>((resolve) => {
      addEventListener('securitypolicyviolation', (event) => event.effectiveDirective === 'connect-src' && resolve());
    });
    const fetched = await fetch('https://evil.example/').then(
      () => true,
      () => false,
    );
    await told;
    for (const added of [inline, holder, remote]) added.remove();
    return { ran: ran(), evaluated, fetched, blocked };
  });
  expect(outcome).toMatchObject({ ran: false, fetched: false });
  expect(outcome.blocked).toEqual(expect.arrayContaining(['script-src-elem', 'script-src-attr', 'connect-src']));
}
