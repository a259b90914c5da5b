import type { Browser, BrowserContext, Page } from '@playwright/test';
import { demoUrl } from './addresses.ts';
import { expect } from './expect.ts';
import { installMediaProbe } from './media-probe.ts';
import {
  joinRoom,
  type Place,
  preventHotReload,
  publishPicture,
  readPictures,
  readTonesHz,
} from './page-scripts.ts';
import { receivedMedia, type ReceivedMedia } from './received-media.ts';

/** The SDK as a script tag loads it, with webrtc-adapter inside, and the same without. */
export const usualSdkFile = '/parley.iife.js';
export const bareSdkFile = '/parley-without-adapter.iife.js';

/** Somebody in a call: a page with the built script-tag file and nothing of the demo's own code. */
export class Caller {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** Opens a page on the demo's origin with the public SDK in it. */
  static async open(browser: Browser, sdkFile: string = usualSdkFile): Promise<Caller> {
    const context = await browser.newContext({ baseURL: demoUrl });
    return await Caller.#openIn(context, browser, sdkFile);
  }

  static async #openIn(context: BrowserContext, browser: Browser, sdkFile: string): Promise<Caller> {
    const page = await context.newPage();
    await page.addInitScript(preventHotReload);
    await page.addInitScript(installMediaProbe);
    await page.goto('/');
    const caller = new Caller(page, browser);
    await caller.#furnish(sdkFile);
    return caller;
  }

  /** Another caller in the same browser, in a context of its own. */
  openAnother(): Promise<Caller> {
    return Caller.open(this.#browser);
  }

  /** Another tab of the same user. */
  openTab(): Promise<Caller> {
    return Caller.#openIn(this.page.context(), this.#browser, usualSdkFile);
  }

  /** Loads the page anew; it is in no call then. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#furnish(usualSdkFile);
  }

  async #furnish(sdkFile: string): Promise<void> {
    await this.page.evaluate(() => document.body.replaceChildren());
    await this.page.addScriptTag({ url: sdkFile });
  }

  /** Joins `room` with a ticket from the demo's back end, views whatever is published, and keeps a diary of events. */
  async join(room: string, name: string, options: { endpointId?: string } = {}): Promise<void> {
    await this.page.evaluate(joinRoom, { ...(await askForTicket(room)), name, ...options });
  }

  /** Joins a conference of another server than the demo's. */
  async joinAt(place: Place, name: string): Promise<void> {
    await this.page.evaluate(joinRoom, { ...place, name });
  }

  /** Publishes a bar code of `id` and, when given, a tone. */
  async publish(id: number, toneHz?: number): Promise<void> {
    await this.page.evaluate(publishPicture, { id, toneHz });
  }

  /** The ids of all bar codes that this page sees now, in order, with the delay of each picture. */
  async pictures(): Promise<{ id: number; delayMs: number }[]> {
    return await this.page.evaluate(readPictures);
  }

  /** The loudest frequency of each viewed stream, rounded to 10 Hz, in order. */
  async tonesHz(): Promise<number[]> {
    return await this.page.evaluate(readTonesHz);
  }

  async received(): Promise<ReceivedMedia> {
    return await this.page.evaluate(receivedMedia);
  }

  /** Waits until this page sees exactly the pictures of `ids`. */
  async expectPicturesOf(...ids: number[]): Promise<void> {
    await expect.poll(async () => (await this.pictures()).map(({ id }) => id)).toEqual(ids);
  }

  async diary(): Promise<string[]> {
    return await this.page.evaluate(() => window.heard);
  }

  async leave(): Promise<void> {
    await this.page.evaluate(async () => {
      await window.conference.leave();
    });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** A room that no other test uses. */
export function newRoom(): string {
  return `room-${crypto.randomUUID()}`;
}

/** A ticket for `room`, as the demo's back end gives it to every page that asks. */
export async function askForTicket(room: string): Promise<{ ticket: string; conferenceId: string }> {
  const answer = await fetch(`${demoUrl}/backend/ticket`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room }),
  });
  return (await answer.json()) as { ticket: string; conferenceId: string };
}
