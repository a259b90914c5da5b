import puppeteer from 'puppeteer-core';
import { browserArguments } from './browser-arguments.ts';
import { ensureBrowser } from './browser.ts';
import { PuppeteerCaller } from './puppeteer-caller.ts';

/**
 * Somebody in a call with a Chromium as people have it: with the back/forward cache, and with tabs that are hidden while
 * another is in front. Playwright switches both off, and cannot follow a page that comes back from the cache.
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

  /** Publishes what the fake camera and the fake microphone give. */
  async publish(): Promise<void> {
    await this.page.evaluate(async () => {
      window.mine = await window.conference.publishStream({ camera: true, microphone: true });
    });
  }

  /** Stops the whole browser, as a computer that sleeps does, until the returned function is called. */
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
