import type { Caller } from './test-server.ts';

/** One message of a push. */
export interface PushMessage {
  readonly id: string;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly conferenceVersion?: number | null;
    readonly [name: string]: unknown;
  };
}

/** The request for a push. */
export interface PushRequest {
  readonly v?: number;
  readonly versionId?: string;
  readonly lastEventId?: string;
  readonly userEndpointId?: string;
  readonly messages?: string;
}

/** Reads a push message by message, as a client does. */
export class PushReader {
  readonly response: Response;
  /** Comments since the start. */
  readonly comments: string[] = [];
  lastId: string | undefined;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #rest = '';

  private constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error('The push has no body.');
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Opens a push and waits for its first bytes. */
  static async open(
    { url, token }: Pick<Caller, 'url' | 'token'>,
    conferenceId: string,
    { lastEventId, ...request }: PushRequest = {},
  ): Promise<PushReader> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request)) query.set(name, `${value}`);
    const abort = new AbortController();
    const response = await fetch(`${url}/rtc-api/conferences/${conferenceId}/push?${query.toString()}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return new PushReader(response, abort);
  }

  /** The next message, or undefined at the end. */
  async next(): Promise<PushMessage | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await this.#reader.read();
        if (done) return undefined;
        this.#rest += value;
        continue;
      }
      const block = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      if (block.startsWith(':')) {
        this.comments.push(block);
        continue;
      }
      const [, id, data = ''] = /^(?:id: (.*)\n)?data: (.*)$/.exec(block) ?? [];
      // As in a browser, a message without an id keeps the last one.
      this.lastId = id ?? this.lastId;
      return { id: id ?? '', event: JSON.parse(data) as PushMessage['event'] };
    }
  }

  /** The next `count` messages' events; fewer at the end. */
  async take(count: number): Promise<readonly PushMessage['event'][]> {
    const events: PushMessage['event'][] = [];
    while (events.length < count) {
      const message = await this.next();
      if (!message) break;
      events.push(message.event);
    }
    return events;
  }

  hangUp(): void {
    this.#abort.abort();
  }
}
