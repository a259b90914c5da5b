import puppeteer, { type LaunchOptions } from 'puppeteer-core';
import { ensureFirefox } from './browser.ts';
import { publishWithMicrophone } from './page-scripts.ts';
import { PuppeteerCaller } from './puppeteer-caller.ts';

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

/** Somebody in a call with Firefox. Playwright drives only a Firefox of its own. */
export class FirefoxCaller extends PuppeteerCaller {
  /** Starts a Firefox over WebDriver BiDi and opens a page in it. It can be given a profile and preferences beside ours. */
  static async open(
    sdkFile?: string,
    { userDataDir, extraPrefsFirefox }: Pick<LaunchOptions, 'userDataDir' | 'extraPrefsFirefox'> = {},
  ): Promise<FirefoxCaller> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: ensureFirefox(),
      headless: true,
      extraPrefsFirefox: { ...preferences, ...extraPrefsFirefox },
      ...(userDataDir !== undefined && { userDataDir }),
    });
    return new FirefoxCaller(await PuppeteerCaller.openPage(browser, sdkFile));
  }

  /** Publishes a bar code of `id` and the tone of the fake microphone: without a sound card Firefox has no Web Audio. */
  async publish(id: number): Promise<void> {
    await this.page.evaluate(publishWithMicrophone, id);
  }
}
