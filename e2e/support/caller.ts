import type { Browser, BrowserContext, Page } from '@playwright/test';
import { demoUrl } from './addresses.ts';
import { expect } from './expect.ts';
import { installMediaProbe } from './media-probe.ts';
import { joinRoom, publishBarCode, readTonesHz, readVideos, type Invitation } from './page-scripts.ts';
import { receivedMedia, type ReceivedMedia } from './received-media.ts';

/** The SDK's script-tag files, with and without webrtc-adapter. */
export const usualSdkFile = '/parley.iife.js';
export const bareSdkFile = '/parley-without-adapter.iife.js';

/** A participant: a page with the built script-tag file and none of the demo's code. */
export class Caller {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** Opens a page on the demo's origin and loads the SDK. */
  static async open(browser: Browser, sdkFile: string = usualSdkFile): Promise<Caller> {
    const context = await browser.newContext({ baseURL: demoUrl });
    return await Caller.#openIn(context, browser, sdkFile);
  }

  static async #openIn(context: BrowserContext, browser: Browser, sdkFile: string): Promise<Caller> {
    const page = await context.newPage();
    await page.addInitScript(installMediaProbe);
    await page.goto('/');
    const caller = new Caller(page, browser);
    await caller.#loadSdk(sdkFile);
    return caller;
  }

  /** Opens another caller in the same browser, in a separate context. */
  openAnother(): Promise<Caller> {
    return Caller.open(this.#browser);
  }

  /** Opens another tab of the same user. */
  openTab(): Promise<Caller> {
    return Caller.#openIn(this.page.context(), this.#browser, usualSdkFile);
  }

  /** Reloads the page, which is then not in a call. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#loadSdk(usualSdkFile);
  }

  async #loadSdk(sdkFile: string): Promise<void> {
    await this.page.evaluate(() => document.body.replaceChildren());
    await this.page.addScriptTag({ url: sdkFile });
  }

  /** Joins `room` with a ticket from the demo's back end, views all streams, and keeps a diary of events. */
  async join(
    room: string,
    name: string,
    options: { endpointId?: string; maxVideos?: number } = {},
  ): Promise<void> {
    await this.page.evaluate(joinRoom, { ...(await askForTicket(room)), name, ...options });
  }

  /** Joins a conference on a server other than the demo's. */
  async joinAt(invitation: Invitation, name: string): Promise<void> {
    await this.page.evaluate(joinRoom, { ...invitation, name });
  }

  /** Publishes a bar code of `id` and, if given, a tone. */
  async publish(id: number, toneHz?: number): Promise<void> {
    await this.page.evaluate(publishBarCode, { id, toneHz });
  }

  /** The ids of all bar codes that this page sees now, in order, with the delay of each frame. */
  async videos(): Promise<{ id: number; delayMs: number }[]> {
    return await this.page.evaluate(readVideos);
  }

  /** The loudest frequency of each viewed stream, rounded to 10 Hz, in order. */
  async tonesHz(): Promise<number[]> {
    return await this.page.evaluate(readTonesHz);
  }

  async received(): Promise<ReceivedMedia> {
    return await this.page.evaluate(receivedMedia);
  }

  /** Waits until this page sees exactly the bar codes of `ids`. */
  async expectVideoOf(...ids: number[]): Promise<void> {
    try {
      await expect.poll(async () => (await this.videos()).map(({ id }) => id)).toEqual(ids);
    } catch (error) {
      console.log('what the page saw instead:', await this.#story());
      throw error;
    }
  }

  /** What explains missing media: the page's events, its connections, and what it received. */
  async #story(): Promise<string> {
    const connections = await this.page.evaluate(() =>
      window.probe.peerConnections().map(({ connectionState, iceConnectionState }) => ({
        connectionState,
        iceConnectionState,
      })),
    );
    return JSON.stringify({ diary: await this.diary(), connections, received: await this.received() });
  }

  async diary(): Promise<string[]> {
    return await this.page.evaluate(() => window.diary);
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

/** Gets a ticket for `room` from the demo's back end. */
export async function askForTicket(room: string): Promise<{ ticket: string; conferenceId: string }> {
  const answer = await fetch(`${demoUrl}/backend/ticket`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room }),
  });
  return (await answer.json()) as { ticket: string; conferenceId: string };
}
