import type { Browser, Page } from '@playwright/test';
import { apiUrl } from './addresses.ts';
import { askForTicket } from './caller.ts';
import { expectNewFrames } from './expect-new-frames.ts';
import { expect } from './expect.ts';
import { sharpness } from './sharpness.ts';

/** A page of the app in `packed-app`, with the scripts that it requests. */
export class AppPage {
  /** Errors that nothing in the page has caught. */
  readonly errors: string[] = [];
  readonly #page: Page;
  #scripts: string[] = [];

  private constructor(page: Page) {
    this.#page = page;
    page.on('pageerror', ({ message }) => this.errors.push(message));
    page.on('request', (request) => {
      if (request.resourceType() === 'script') this.#scripts.push(new URL(request.url()).pathname);
    });
  }

  /** Opens the app at `url` with a ticket for `room`. */
  static async open(browser: Browser, url: string, room: string): Promise<AppPage> {
    const context = await browser.newContext();
    const opened = new AppPage(await context.newPage());
    const parameters = new URLSearchParams({ server: apiUrl, ...(await askForTicket(room)) });
    await opened.#page.goto(`${url}/?${parameters}`);
    return opened;
  }

  /** The scripts that the page has requested since the last call, in the order of their names. */
  takeScripts(): string[] {
    const scripts = this.#scripts;
    this.#scripts = [];
    return scripts.toSorted();
  }

  /** Joins, and waits until the server's events arrive. */
  async join(): Promise<void> {
    const events = this.#page.waitForResponse(
      (response) => response.headers()['content-type']?.startsWith('text/event-stream') === true,
    );
    await this.#page.getByRole('button', { name: 'Join' }).click();
    await events;
  }

  async publish(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Publish' }).click();
    await expect(this.#page).toHaveTitle('Published');
  }

  /** Blurs the background of what the page publishes. */
  async blur(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Blur' }).click();
    await expect(this.#page).toHaveTitle('Blurred');
  }

  /** How sharp the video is that this page views. */
  async sharpness(): Promise<number> {
    return await sharpness(this.#page, 'body');
  }

  /** Waits until the page has a size of the video that it views, and shows more of its frames. */
  async expectVideo(): Promise<void> {
    await expectNewFrames(this.#page.locator('video'), 10);
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }
}
