import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type * as HeadlessModule from '@parley-rtc/elements/headless';
import type { Browser, BrowserContextOptions, Locator, Page } from '@playwright/test';
import { build, defaultClientConditions } from 'vite';
import { accessibilityProblems, type Examination } from './accessibility-problems.ts';
import type { Invitation } from './api-guest.ts';
import { expect } from './expect.ts';

declare global {
  interface Window {
    readonly headless: typeof HeadlessModule;
  }
}

/** The elements that fill the side of the page. */
export type PanelTag = 'parley-chat' | 'parley-people' | 'parley-settings' | 'parley-invite';

/** The app in a folder beside this one, built from the sources of the packages, and served. */
export class PartsApp {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(folder = 'parts-app'): Promise<PartsApp> {
    const built = await build({
      root: fileURLToPath(new URL(`../${folder}`, import.meta.url)),
      configFile: false,
      // The SDK is in one file, so that some of its dynamic imports divide nothing, which is a warning.
      logLevel: 'error',
      resolve: { conditions: ['@parley-rtc/source', ...defaultClientConditions] },
      build: { write: false, minify: false, target: 'es2022', modulePreload: { polyfill: false } },
    });
    const files = new Map<string, string | Uint8Array>();
    for (const result of [built].flat()) {
      for (const file of 'output' in result ? result.output : []) {
        files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
      }
    }
    const server = createServer(({ url = '/' }, response) => {
      const path = url === '/' ? '/index.html' : url;
      const body = files.get(path);
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
      response.end(body);
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return new PartsApp(server);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}/`;
  }

  /** Opens a page of the app in a context of its own. */
  async open(browser: Browser, options: BrowserContextOptions = {}): Promise<PartsPage> {
    const context = await browser.newContext({ viewport: { width: 900, height: 640 }, ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(this.url);
    return new PartsPage(page, errors);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A participant whose page shows parts of a call. */
export class PartsPage {
  readonly page: Page;
  /** Errors that nothing in the page has caught. */
  readonly errors: readonly string[];

  constructor(page: Page, errors: readonly string[]) {
    this.page = page;
    this.errors = errors;
  }

  /** Joins, also from the waiting room, and shows notices. */
  async join({ server, ticket, conferenceId }: Invitation, name: string): Promise<void> {
    await this.page.evaluate(
      async ({ invitation, guestName }) => {
        const { token } = await window.Parley.redeemTicket(invitation);
        const { server: url, conferenceId: id } = invitation;
        const metadata = { name: guestName };
        const conference = await window.Parley.Conference.join({
          server: url,
          conferenceId: id,
          token,
          metadata,
        });
        Object.assign(window, { conference });
        const around = document.querySelector('parley-conference');
        if (around) Object.assign(around, { conference });
        document.querySelector('#stage')?.append(document.createElement('parley-notices'));
      },
      { invitation: { server, ticket, conferenceId }, guestName: name },
    );
  }

  /** Shows a panel instead of the one before. */
  async show(tag: PanelTag | undefined): Promise<Locator> {
    await this.page.evaluate((panelTag) => {
      const panel = document.querySelector('#panel');
      panel?.replaceChildren(...(panelTag === undefined ? [] : [document.createElement(panelTag)]));
    }, tag);
    const panel = this.page.locator('#panel > *');
    if (tag !== undefined) await expect(panel.getByRole('heading', { level: 2 })).toBeVisible();
    return panel;
  }

  async resizePanel(widthPx: number, direction: 'ltr' | 'rtl'): Promise<void> {
    await this.page.evaluate(
      ({ width, dir }) => {
        document.documentElement.dir = dir;
        document.body.style.setProperty('--panel', width);
      },
      { width: `${widthPx}px`, dir: direction },
    );
  }

  /** Whether the panel, or a part of it, scrolls sideways. */
  async isPanelTooWide(): Promise<boolean> {
    return await this.page.evaluate(() => {
      const panel = document.querySelector('#panel > *');
      const boxes = [panel, ...(panel?.shadowRoot?.querySelectorAll('*') ?? [])].filter(
        (box) => box !== null,
      );
      return boxes.some(
        (box) => box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX),
      );
    });
  }

  async endpointId(): Promise<string> {
    return await this.page.evaluate(() => window.conference.endpointId);
  }

  /** Writes into the open chat, as a user does. */
  async write(text: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Write a message' });
    await field.fill(text);
    await field.press('Enter');
  }

  /** How many chat messages this user has not seen. */
  async unreadCount(): Promise<number> {
    return await this.page.evaluate(
      () => window.headless.callOf(window.conference).chat.getSnapshot().unreadCount,
    );
  }

  /** Whatever makes the page inaccessible, according to axe: the rule, and where. */
  async accessibilityProblems(options: Omit<Examination, 'isWhole'> = {}): Promise<string[]> {
    // A page of a panel alone has no first heading.
    return await accessibilityProblems(this.page, { ...options, isWhole: false });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
