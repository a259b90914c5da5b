import puppeteer, { type LaunchOptions } from 'puppeteer-core';
import { ensureFirefox } from './browser.ts';
import { firefoxPreferences } from './firefox-preferences.ts';
import { publishWithMicrophone } from './page-scripts.ts';
import { PuppeteerCaller } from './puppeteer-caller.ts';

/** A participant in the system's Firefox. Playwright drives only its own Firefox builds. */
export class FirefoxCaller extends PuppeteerCaller {
  /** Starts Firefox over WebDriver BiDi and opens a page. Takes an optional profile and additional preferences. */
  static async open(
    sdkFile?: string,
    { userDataDir, extraPrefsFirefox }: Pick<LaunchOptions, 'userDataDir' | 'extraPrefsFirefox'> = {},
  ): Promise<FirefoxCaller> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: ensureFirefox(),
      headless: true,
      extraPrefsFirefox: { ...firefoxPreferences, ...extraPrefsFirefox },
      ...(userDataDir !== undefined && { userDataDir }),
    });
    return new FirefoxCaller(await PuppeteerCaller.openPage(browser, sdkFile));
  }

  /** Publishes a bar code of `id` and the fake microphone, because Firefox has no Web Audio without a sound card. */
  async publish(id: number): Promise<void> {
    await this.page.evaluate(publishWithMicrophone, id);
  }
}
