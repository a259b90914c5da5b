import type { Browser, Page } from 'puppeteer-core';
import { demoUrl } from './addresses.ts';
import { askForTicket, usualSdkFile } from './caller.ts';
import { installMediaProbe } from './media-probe.ts';
import { joinRoom, type Place, preventHotReload, readPictures } from './page-scripts.ts';
import { receivedMedia, type ReceivedMedia } from './received-media.ts';

/** Somebody in a call in a browser that Puppeteer drives, as `Caller` is for Playwright. */
export class PuppeteerCaller {
  readonly page: Page;

  protected constructor(page: Page) {
    this.page = page;
  }

  /** Joins `room` with a ticket from the demo's back end, as `Caller` does. */
  async join(room: string, name: string): Promise<void> {
    await this.joinAt(await askForTicket(room), name);
  }

  /** Joins a conference of another server than the demo's. */
  async joinAt(place: Place, name: string): Promise<void> {
    await this.page.evaluate(joinRoom, { ...place, name });
  }

  /** The ids of all bar codes that this page sees now, in order. */
  async pictureIds(): Promise<number[]> {
    return (await this.page.evaluate(readPictures)).map(({ id }) => id);
  }

  async received(): Promise<ReceivedMedia> {
    return await this.page.evaluate(receivedMedia);
  }

  async diary(): Promise<string[]> {
    return await this.page.evaluate(() => window.heard);
  }

  async close(): Promise<void> {
    await this.page.browser().close();
  }

  /** A page on the demo's origin with the public SDK in it. */
  protected static async openPage(browser: Browser, sdkFile: string = usualSdkFile): Promise<Page> {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(preventHotReload);
    await page.evaluateOnNewDocument(installMediaProbe);
    await page.goto(demoUrl);
    await page.evaluate(() => document.body.replaceChildren());
    await page.addScriptTag({ url: sdkFile });
    return page;
  }
}
