import type { ParleyCall } from '@parley-rtc/elements';
import type { Browser, BrowserContextOptions, Locator, Page } from '@playwright/test';
import { demoUrl } from './addresses.ts';
import type { Invitation } from './api-guest.ts';
import { askForTicket } from './caller.ts';
import { customerPage } from './customer-page.ts';
import { expectNewFrames } from './expect-new-frames.ts';
import { expect } from './expect.ts';

export interface CallPageOptions extends BrowserContextOptions {
  /** The page's language and direction. Default: English, left to right. */
  readonly lang?: string;
  readonly dir?: 'ltr' | 'rtl';
  /** Attributes of the element, besides those that say where to go. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Runs in the page before anything else. */
  readonly before?: (() => void) | string;
}

/** A customer's page with nothing but `<parley-call>`, loaded from the bundle that a CDN would serve. */
export class CallPage {
  readonly page: Page;
  /** Errors that nothing in the page has caught. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', ({ message }) => {
      // Firefox's own line about a request that failed.
      if (!message.startsWith('The Same Origin Policy')) this.errors.push(message);
    });
  }

  /** Opens the page for a room of the demo's back end, or for an invitation to another server. */
  static async open(
    browser: Browser,
    where: string | Invitation,
    { lang = 'en', dir = 'ltr', attributes = {}, before, ...options }: CallPageOptions = {},
  ): Promise<CallPage> {
    const context = await browser.newContext(options);
    const { server, ticket } =
      typeof where === 'string' ? { server: demoUrl, ...(await askForTicket(where)) } : where;
    if (before) await context.addInitScript(before);
    const opened = new CallPage(await context.newPage());
    await opened.page.goto(await customerPage({ lang, dir, attributes: { server, ticket, ...attributes } }));
    return opened;
  }

  get lobby(): Locator {
    return this.page.locator('parley-lobby');
  }

  get stage(): Locator {
    return this.page.locator('parley-stage');
  }

  /** The tiles on the stage; with a name, those whose label says it. */
  tiles(name?: string): Locator {
    const tiles = this.stage.locator('parley-tile');
    return name === undefined ? tiles : tiles.filter({ has: this.page.locator('bdi', { hasText: name }) });
  }

  /** A button of the call by its name. */
  button(name: string | RegExp): Locator {
    return this.page.locator('parley-controls').getByRole('button', { name });
  }

  /** Chooses an item of the menu “More”. */
  async chooseMore(name: string): Promise<void> {
    await this.button('More').click();
    await this.page.getByRole('menuitem', { name, exact: true }).click();
  }

  /** Joins as a user does: writes a name, and presses the button. */
  async join(name: string): Promise<void> {
    await this.lobby.getByLabel('Your name').fill(name);
    await this.lobby.getByRole('button', { name: 'Join call' }).click();
    await expect(this.stage).toBeVisible();
  }

  /** Joins without camera and microphone, whose encoding would slow down a small machine. */
  async joinSilently(name: string): Promise<void> {
    for (const device of ['Camera', 'Microphone']) {
      await this.lobby.getByRole('button', { name: device, exact: true }).click();
    }
    await this.join(name);
  }

  /** Waits until a tile shows new frames of a video. */
  async expectVideoOf(name: string): Promise<void> {
    const video = this.tiles(name).locator('video');
    await expect(video).toBeVisible();
    await expectNewFrames(video, 5, { timeoutMs: 30_000 });
  }

  /** Waits until an element has the focus of its page, whose window may be in the background. */
  async expectFocus(element: Locator): Promise<void> {
    const isFocused = (): Promise<boolean> =>
      element.evaluate((node) => (node.getRootNode() as Document | ShadowRoot).activeElement === node);
    await expect.poll(isFocused).toBe(true);
  }

  /** Runs a function with the element. */
  async withElement<Result>(run: (call: ParleyCall) => Result): Promise<Awaited<Result>> {
    const result: unknown = await this.page.locator('parley-call').evaluate(run as never);
    return result as Awaited<Result>;
  }

  async close(): Promise<void> {
    expect(this.errors).toEqual([]);
    await this.page.context().close();
  }
}
