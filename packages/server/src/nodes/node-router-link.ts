import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { FromRouter, RouterNews } from '../media/pool/messages.ts';
import { RouterCalls } from '../media/pool/router-calls.ts';

/** What {@link NodeRouterLink} needs. */
export interface NodeRouterLinkOptions {
  /** Opens a tunnel to the node's router. */
  readonly open: () => Promise<Duplex>;
  readonly onNews: (news: RouterNews) => void;
  /** The tunnel could not be opened, or has ended. All pending requests were rejected before; nothing follows. */
  readonly onEnd: () => void;
}

/** The media router of another node, to which the first call opens a tunnel. Messages are lines of JSON. */
export class NodeRouterLink extends RouterCalls {
  readonly #options: NodeRouterLinkOptions;
  #tunnel: Promise<Duplex> | undefined;

  constructor(options: NodeRouterLinkOptions) {
    super({
      // An error ends the link, below.
      send: (message) =>
        void this.#opened().then(
          (tunnel) => writeLine(tunnel, message),
          () => {},
        ),
      onSilent: () => this.close(),
      name: 'The other node',
    });
    this.#options = options;
  }

  close(): void {
    void this.#tunnel?.then(
      (tunnel) => tunnel.destroy(),
      () => {},
    );
  }

  #opened(): Promise<Duplex> {
    this.#tunnel ??= this.#open();
    return this.#tunnel;
  }

  async #open(): Promise<Duplex> {
    try {
      const tunnel = await this.#options.open();
      readLines<FromRouter>(tunnel, (message) => {
        const news = this.take(message);
        if (news) this.#options.onNews(news);
      });
      tunnel.once('close', () => this.#end());
      return tunnel;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #end(): void {
    if (this.end()) this.#options.onEnd();
  }
}

/** Writes a message; one for a tunnel that has ended is dropped. */
export function writeLine(tunnel: Duplex, message: unknown): void {
  if (!tunnel.destroyed) tunnel.write(`${JSON.stringify(message)}\n`);
}

/** Calls `onMessage` with each message; one that is none ends the tunnel. */
export function readLines<Message>(tunnel: Duplex, onMessage: (message: Message) => void): void {
  const lines = createInterface({ input: tunnel });
  lines.on('line', (line) => {
    try {
      onMessage(JSON.parse(line) as Message);
    } catch {
      tunnel.destroy();
    }
  });
  // It passes on the tunnel's errors, which are followed by `close`; without a listener, they would end the process.
  lines.on('error', () => {});
}
