import { expect, type Browser, type Page } from '@playwright/test';
import type * as ParleyModule from '@parley-rtc/sdk';
import { demoUrl } from './addresses.ts';
import { installMediaProbe } from './media-probe.ts';

declare global {
  interface Window {
    /** The script-tag file's global. */
    readonly Parley: typeof ParleyModule;
    conference: ParleyModule.Conference;
    views: Map<string, ParleyModule.ViewedStream>;
    mine: ParleyModule.PublishedStream;
    heard: string[];
  }
}

/** Somebody in a call: a page with the built script-tag file and nothing of the demo's own code. */
export class Caller {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** Opens a page on the demo's origin with the public SDK in it. */
  static async open(browser: Browser): Promise<Caller> {
    const context = await browser.newContext({ baseURL: demoUrl });
    const page = await context.newPage();
    await page.addInitScript(installMediaProbe);
    await page.goto('/');
    await page.evaluate(() => document.body.replaceChildren());
    await page.addScriptTag({ url: '/parley.iife.js' });
    return new Caller(page, browser);
  }

  /** Another caller in the same browser, in a context of its own. */
  openAnother(): Promise<Caller> {
    return Caller.open(this.#browser);
  }

  /** Joins `room` with a ticket from the demo's back end, views whatever is published, and keeps a diary of events. */
  async join(room: string, name: string): Promise<void> {
    await this.page.evaluate(
      async ({ ticket, conferenceId, name }) => {
        const server = location.origin;
        const redeemed = await window.Parley.redeemTicket({ server, ticket });
        const conference = await window.Parley.Conference.join({
          server,
          conferenceId,
          token: redeemed.token,
          metadata: { name },
        });
        const views = new Map<string, ParleyModule.ViewedStream>();
        const heard: string[] = [];
        const nameOf = ({ metadata }: ParleyModule.Participant): string =>
          typeof metadata['name'] === 'string' ? metadata['name'] : 'somebody';
        Object.assign(window, { conference, views, heard });
        conference.on('participant-joined', ({ participant }) => {
          heard.push(`joined ${nameOf(participant)}`);
        });
        conference.on('participant-left', ({ participant }) => {
          heard.push(`left ${nameOf(participant)}`);
        });
        conference.on('stream-published', async ({ stream }) => {
          heard.push(`published ${nameOf(stream.participant)} ${stream.type}`);
          views.set(stream.id, await conference.viewStream(stream.id));
        });
        conference.on('stream-unpublished', ({ stream }) => {
          heard.push(`unpublished ${nameOf(stream.participant)} ${stream.type}`);
          views.delete(stream.id);
        });
        conference.on('error', ({ error }) => {
          heard.push(`error ${error.code}: ${error.message}`);
        });
      },
      { ...(await askForTicket(room)), name },
    );
  }

  /** Publishes a bar code of `id` and, when given, a tone. */
  async publish(id: number, toneHz?: number): Promise<void> {
    await this.page.evaluate(
      async ({ id, toneHz }) => {
        const mediaStream = window.probe.source({ id, ...(toneHz !== undefined && { toneHz }) });
        const type = toneHz === undefined ? 'CAM' : 'MIC_AND_CAM';
        Object.assign(window, { mine: await window.conference.publishStream({ mediaStream, type }) });
      },
      { id, toneHz },
    );
  }

  /** The ids of all bar codes that this page sees now, in order, with the delay of each picture. */
  async pictures(): Promise<{ id: number; delayMs: number }[]> {
    return await this.page.evaluate(async () => {
      const read = await Promise.all(
        [...window.views.values()].map((view) => window.probe.readPicture(view.mediaStream)),
      );
      return read.filter((picture) => picture !== undefined).toSorted((a, b) => a.id - b.id);
    });
  }

  /** The loudest frequency of each viewed stream, rounded to 10 Hz, in order. */
  async tonesHz(): Promise<number[]> {
    return await this.page.evaluate(async () => {
      const heard = await Promise.all(
        [...window.views.values()].map((view) => window.probe.hearHz(view.mediaStream)),
      );
      return heard.map((hz) => Math.round(hz / 10) * 10).toSorted((a, b) => a - b);
    });
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
