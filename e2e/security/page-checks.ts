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
    // Violations are told after what caused them.
    const told = new Promise<void>((resolve) => {
      addEventListener('securitypolicyviolation', (event) => {
        blocked.push(event.effectiveDirective);
        if (['script-src-elem', 'script-src-attr', 'connect-src'].every((one) => blocked.includes(one))) resolve();
      });
    });
    const ran = () => 'hacked' in window;
    const inline = document.createElement('script');
    inline.textContent = 'window.hacked = true';
    document.body.append(inline);
    const button = document.createElement('button');
    button.setAttribute('onclick', 'window.hacked = true');
    document.body.append(button);
    button.click();
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
    const fetched = await fetch('https://evil.example/').then(
      () => true,
      () => false,
    );
    await told;
    for (const added of [inline, button, remote]) added.remove();
    return { ran: ran(), evaluated, fetched };
  });
  expect(outcome).toEqual({ ran: false, evaluated: false, fetched: false });
}
