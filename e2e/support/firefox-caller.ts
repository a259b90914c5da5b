import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { demoUrl } from './addresses.ts';
import { ensureFirefox } from './browser.ts';
import { askForTicket, usualSdkFile } from './caller.ts';
import { installMediaProbe } from './media-probe.ts';
import { joinRoom, publishWithMicrophone, readPictures } from './page-scripts.ts';
import { receivedMedia, type ReceivedMedia } from './received-media.ts';

/** The sound of Firefox's own fake microphone. */
export const fakeMicrophoneHz = 880;

/** Plays without a click, asks nobody, and has a fake microphone. */
const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.audio.fake_frequency': fakeMicrophoneHz,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.navigator.permission.disabled': true,
};

/** Somebody in a call with Firefox, as `Caller` is with Chromium. Playwright drives only a Firefox of its own. */
export class FirefoxCaller {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** Starts a Firefox over WebDriver BiDi and opens a page on the demo's origin with the public SDK in it. */
  static async open(sdkFile: string = usualSdkFile): Promise<FirefoxCaller> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: ensureFirefox(),
      headless: true,
      extraPrefsFirefox: preferences,
    });
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(installMediaProbe);
    await page.goto(demoUrl);
    await page.evaluate(() => document.body.replaceChildren());
    await page.addScriptTag({ url: sdkFile });
    return new FirefoxCaller(page, browser);
  }

  async join(room: string, name: string): Promise<void> {
    await this.page.evaluate(joinRoom, { ...(await askForTicket(room)), name });
  }

  /** Publishes a bar code of `id` and the tone of the fake microphone: without a sound card Firefox has no Web Audio. */
  async publish(id: number): Promise<void> {
    await this.page.evaluate(publishWithMicrophone, id);
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
    await this.#browser.close();
  }
}
