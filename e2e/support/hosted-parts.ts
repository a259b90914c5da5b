import type { Browser, BrowserContextOptions } from '@playwright/test';
import { OwnServer } from './own-server.ts';
import { PartsApp, type PartsPage } from './parts-page.ts';

/** A call with a host, who has joined, and a way in for guests. */
export interface HostedCall {
  readonly host: PartsPage;
  readonly invite: (properties?: object) => ReturnType<OwnServer['invite']>;
  readonly enter: (name: string) => Promise<PartsPage>;
}

/** The app of `parts-app` and a server for its calls. */
export class HostedParts {
  readonly app: PartsApp;
  readonly #server: OwnServer;

  private constructor(app: PartsApp, server: OwnServer) {
    this.app = app;
    this.#server = server;
  }

  static async start(): Promise<HostedParts> {
    const started = [PartsApp.start(), OwnServer.start({ PARLEY_RATE_LIMITS: 'off' })] as const;
    return new HostedParts(...(await Promise.all(started)));
  }

  async openCall(browser: Browser, options: BrowserContextOptions = {}): Promise<HostedCall> {
    const { conferenceId } = await this.#server.openConference();
    const invite = (properties?: object) => this.#server.invite(conferenceId, properties);
    const host = await this.app.open(browser, options);
    await host.join(await invite({ moderator: true, verified: { name: 'Hanna Host' } }), 'Hanna Host');
    const enter = async (name: string): Promise<PartsPage> => {
      const guest = await this.app.open(browser);
      await guest.join(await invite(), name);
      return guest;
    };
    return { host, invite, enter };
  }

  async close(): Promise<void> {
    this.app.close();
    await this.#server.close();
  }
}
