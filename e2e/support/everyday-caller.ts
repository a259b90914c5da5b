import puppeteer from 'puppeteer-core';
import { browserArguments } from './browser-arguments.ts';
import { ensureBrowser } from './browser.ts';
import { PuppeteerCaller } from './puppeteer-caller.ts';

/**
 * A participant in a Chromium like users have: with the back/forward cache, and with tabs that are hidden while another one
 * is in front. Playwright disables both, and cannot follow a page that is restored from the cache.
 */
export class EverydayCaller extends PuppeteerCaller {
  static async open(): Promise<EverydayCaller> {
    const browser = await puppeteer.launch({
      executablePath: ensureBrowser(),
      args: [...browserArguments, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    return new EverydayCaller(await PuppeteerCaller.openPage(browser));
  }

  /** Publishes the fake camera and the fake microphone. */
  async publish(): Promise<void> {
    await this.page.evaluate(async () => {
      window.mine = await window.conference.publishStream({ camera: true, microphone: true });
    });
  }

  /** Suspends the whole browser, like a sleeping computer, until the returned function is called. */
  async sleep(): Promise<() => void> {
    const devtools = await this.page.browser().target().createCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    await devtools.detach();
    const signal = (name: NodeJS.Signals) => {
      for (const { id } of processInfo) process.kill(id, name);
    };
    signal('SIGSTOP');
    return () => signal('SIGCONT');
  }
}
