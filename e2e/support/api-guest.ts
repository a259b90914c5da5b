/** Where somebody enters, and with what. */
export interface Place {
  readonly server: string;
  readonly ticket: string;
  readonly conferenceId: string;
}

/** The parts of a conference that a page has in the same form. */
export interface ServedConference {
  readonly version: number;
  readonly participants: readonly { readonly id: string; readonly metadata: object }[];
  readonly metadata: Readonly<Record<string, string>>;
}

type Ask = (path: string, body?: object) => Promise<unknown>;

/** Somebody who is in a conference by the API alone, without a browser, a feed or media. */
export class ApiGuest {
  readonly #ask: Ask;
  readonly #own: { readonly conferenceId: string; readonly userEndpointId: string };

  private constructor(ask: Ask, own: { readonly conferenceId: string; readonly userEndpointId: string }) {
    this.#ask = ask;
    this.#own = own;
  }

  /** Comes in with whatever metadata, however absurd. */
  static async enter({ server, ticket, conferenceId }: Place, metadata: unknown): Promise<ApiGuest> {
    const { access_token: token } = (await answerOf(`${server}/security/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('customer:')}` },
      body: new URLSearchParams({ grant_type: 'password', username: ticket, password: '' }),
    })) as { access_token: string };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const ask: Ask = (path, body) =>
      answerOf(
        `${server}/rtc-api/${path}`,
        body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
      );
    const wish = { keepAliveSeconds: 60, serverKeepAliveReminderOn: false };
    const userEndpointId = (await ask('users/endpoints', wish)) as string;
    const own = { conferenceId, userEndpointId };
    await ask('conferences/join', { ...own, metadata });
    return new ApiGuest(ask, own);
  }

  /** Calls an operation on the conference with what is always named, and `command`. */
  async do(operation: string, command: object = {}): Promise<void> {
    await this.#ask(`conferences/${operation}`, { ...this.#own, ...command });
  }

  /** Sets one entry of the conference's metadata. */
  async setMetadata(key: string, value: string): Promise<void> {
    await this.do('updateMetadata', { operation: 'SET', key, value });
  }

  /** The conference as the server has it. */
  async conference(): Promise<ServedConference> {
    const { version, participants, metadata } = (await this.#ask(
      `conferences/${this.#own.conferenceId}`,
    )) as {
      version: number;
      participants: readonly { id: string; metadata: object }[];
      metadata: Readonly<Record<string, { readonly value: string }>>;
    };
    return {
      version,
      participants: participants.map(({ id, metadata }) => ({ id, metadata })),
      metadata: Object.fromEntries(Object.entries(metadata).map(([key, { value }]) => [key, value])),
    };
  }
}

async function answerOf(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : undefined;
}
