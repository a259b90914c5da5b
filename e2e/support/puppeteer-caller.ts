import type { Browser, Page } from 'puppeteer-core';
import { demoUrl } from './addresses.ts';
import { askForTicket, usualSdkFile } from './caller.ts';
import { installMediaProbe } from './media-probe.ts';
import { joinRoom, readVideos, type Invitation } from './page-scripts.ts';
import { receivedMedia, type ReceivedMedia } from './received-media.ts';

/** A participant in a browser driven by Puppeteer, like `Caller` for Playwright. */
export class PuppeteerCaller {
  readonly page: Page;

  protected constructor(page: Page) {
    this.page = page;
  }

  /** Joins `room` with a ticket from the demo's back end, as `Caller` does. */
  async join(room: string, name: string): Promise<void> {
    await this.joinAt(await askForTicket(room), name);
  }

  /** Joins a conference on a server other than the demo's. */
  async joinAt(invitation: Invitation, name: string): Promise<void> {
    await this.page.evaluate(joinRoom, { ...invitation, name });
  }

  /** The ids of all bar codes that this page sees now, in order. */
  async videoIds(): Promise<number[]> {
    return (await this.page.evaluate(readVideos)).map(({ id }) => id);
  }

  async received(): Promise<ReceivedMedia> {
    return await this.page.evaluate(receivedMedia);
  }

  async diary(): Promise<string[]> {
    return await this.page.evaluate(() => window.diary);
  }

  async close(): Promise<void> {
    await this.page.browser().close();
  }

  /** Opens a page on the demo's origin and loads the SDK. */
  protected static async openPage(browser: Browser, sdkFile: string = usualSdkFile): Promise<Page> {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(installMediaProbe);
    await page.goto(demoUrl);
    await page.evaluate(() => document.body.replaceChildren());
    await page.addScriptTag({ url: sdkFile });
    return page;
  }
}
