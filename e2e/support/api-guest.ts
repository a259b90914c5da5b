import { setTimeout as pause } from 'node:timers/promises';

/** A conference and a ticket for it. */
export interface Invitation {
  readonly server: string;
  readonly ticket: string;
  readonly conferenceId: string;
}

/** The parts of a conference's state to compare with a page's. */
export interface ServedConference {
  readonly version: number;
  readonly participants: readonly { readonly id: string; readonly metadata: object }[];
  readonly metadata: Readonly<Record<string, string>>;
}

type ApiRequest = (path: string, body?: object) => Promise<unknown>;

/** A participant that uses only the API, without a browser, events or media. */
export class ApiGuest {
  readonly #request: ApiRequest;
  readonly #own: { readonly conferenceId: string; readonly userEndpointId: string };

  private constructor(
    request: ApiRequest,
    own: { readonly conferenceId: string; readonly userEndpointId: string },
  ) {
    this.#request = request;
    this.#own = own;
  }

  /** Joins with any metadata, even invalid. */
  static async join({ server, ticket, conferenceId }: Invitation, metadata: unknown): Promise<ApiGuest> {
    const { access_token: token } = (await answerOf(`${server}/security/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('customer:')}` },
      body: new URLSearchParams({ grant_type: 'password', username: ticket, password: '' }),
    })) as { access_token: string };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const request: ApiRequest = (path, body) =>
      answerOf(
        `${server}/rtc-api/${path}`,
        body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
      );
    const registration = { keepAliveSeconds: 60, serverKeepAliveReminderOn: false };
    const userEndpointId = (await request('users/endpoints', registration)) as string;
    const own = { conferenceId, userEndpointId };
    await request('conferences/join', { ...own, metadata });
    return new ApiGuest(request, own);
  }

  /** Calls an operation with the conference id, the endpoint id and `command`, and returns its answer. */
  async do(operation: string, command: object = {}): Promise<unknown> {
    return await this.#request(`conferences/${operation}`, { ...this.#own, ...command });
  }

  /** Sets one entry of the conference's metadata. */
  async setMetadata(key: string, value: string): Promise<void> {
    await this.do('updateMetadata', { operation: 'SET', key, value });
  }

  /** The conference's state on the server. */
  async conference(): Promise<ServedConference> {
    const { version, participants, metadata } = (await this.#request(
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

/** A server that has no time for another stream says when to ask again. */
async function answerOf(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (answer.status === 503) {
    await pause(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
    return await answerOf(url, init);
  }
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : undefined;
}
