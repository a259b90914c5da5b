import type {
  ConferenceSummary,
  PublishStreamResult,
  StreamType,
  TokenResponse,
  WireEvent,
} from '@parley-rtc/contract';
import { inject, onTestFinished } from 'vitest';
import type { ParleyServerConfig } from '../config/parley-server-config.ts';
import type { LogStream } from '../http/http-server.ts';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { createParleyServer } from '../parley-server.ts';
import { startAlternatingProxy } from './alternating-proxy.ts';
import { checkAnswer, operationOf } from './answer-schemas.ts';
import { FakeClock } from './fake-clock.ts';
import { freePort } from './free-port.ts';
import { reuseSigningKeys } from './reuse-signing-keys.ts';

reuseSigningKeys();

/** A response, whose body was checked against the API document. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Parts of a request besides the operation. */
export interface Asked {
  readonly body?: unknown;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

/** A caller with a token. */
export class Caller {
  readonly url: string;
  readonly token: string;
  readonly userId: string;

  constructor(url: string, { access_token: token, sub }: TokenResponse) {
    this.url = url;
    this.token = token;
    this.userId = sub ?? '';
  }

  /** The same caller at the server that has taken over. */
  at(url: string): Caller {
    return new Caller(url, { access_token: this.token, sub: this.userId } as TokenResponse);
  }

  /** Sends a request and checks that the document allows the response. */
  async call<Body = unknown>(operationId: string, asked: Asked = {}): Promise<Answer<Body>> {
    const operation = operationOf(operationId);
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(asked.params?.[name] ?? ''),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(asked.query ?? {})) query.set(name, `${value}`);
    const response = await fetch(`${this.url}${path}?${query.toString()}`, {
      method: operation.method,
      headers: {
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(asked.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
      ...(asked.signal && { signal: asked.signal }),
    });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    checkAnswer(operation, response.status, body);
    return { status: response.status, body: body as Body, headers: response.headers };
  }

  /** The body of a successful response; throws for any other. */
  async do<Body = unknown>(operationId: string, asked: Asked = {}): Promise<Body> {
    const { status, body } = await this.call<Body>(operationId, asked);
    if (status >= 300) throw new Error(`${operationId} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Registers an endpoint and returns its id. */
  register(keepAliveSeconds = 30): Promise<string> {
    return this.do<string>('registerUserEndpoint', { body: { keepAliveSeconds } });
  }

  /** Creates a conference and returns its id. */
  async create(body: object = {}): Promise<string> {
    const { id } = await this.do<ConferenceSummary>('create', { body });
    return id ?? '';
  }

  /** Registers an endpoint, joins with it and returns its id. */
  async join(conferenceId: string, metadata?: object): Promise<string> {
    const userEndpointId = await this.register();
    await this.do('join', { body: { conferenceId, userEndpointId, metadata } });
    return userEndpointId;
  }

  /** Publishes a stream and returns its id. */
  async publish(
    conferenceId: string,
    userEndpointId: string,
    conferenceStreamType: StreamType = 'MIC_AND_CAM',
  ): Promise<string> {
    const body = { conferenceId, userEndpointId, conferenceStreamType, sdpOffer: 'v=0' };
    const { streamId } = await this.do<PublishStreamResult>('publishStream', { body });
    return streamId ?? '';
  }

  /** The events from a version on; the whole history without one. */
  events(conferenceId: string, v?: number): Promise<readonly WireEvent[]> {
    return this.do('getEvents', { params: { id: conferenceId }, ...(v !== undefined && { query: { v } }) });
  }
}

/** A server that really listens, on its own port, with a fake media router and a fake clock. */
export interface TestServer {
  readonly url: string;
  readonly mediaRouter: FakeMediaRouter;
  readonly clock: FakeClock;
  /** A caller of organization `o-1` with the roles SERVICE and AGENT. */
  readonly service: Caller;
  /** Logs in a configured client by its id. Secrets are `secret`. */
  readonly login: (clientId: string) => Promise<Caller>;
  /** A caller with a fresh ticket for the conference. */
  readonly guest: (conferenceId: string) => Promise<Caller>;
  /** Requests a token with a form and, as `id:secret`, an HTTP Basic header. */
  readonly requestToken: (
    form: Readonly<Record<string, string>>,
    basic?: string,
  ) => Promise<Answer<TokenResponse>>;
  readonly close: () => Promise<void>;
}

/**
 * The nodes of which a test server consists: as many as the project wants on the engine that it provides, so that a whole suite
 * runs on them; one server without an engine if it provides none.
 */
async function placesOf({
  dataDir,
  recordingDir,
}: Partial<ParleyServerConfig>): Promise<readonly Pick<ParleyServerConfig, 'cluster' | 'port'>[]> {
  const redisUrl = inject('redisUrl');
  if (redisUrl === undefined || dataDir !== undefined || recordingDir !== undefined) return [{ port: 0 }];
  const name = crypto.randomUUID();
  return Promise.all(
    Array.from({ length: inject('nodeCount') ?? 1 }, async () => {
      const port = await freePort();
      // Longer than a busy machine stands still: a node that missed its lease judges nobody's silence.
      return { port, cluster: { redisUrl, nodeUrl: `http://127.0.0.1:${port}`, name, leaseMs: 10_000 } };
    }),
  );
}

/** Starts a server that ends with the test, or by `atEnd`. Pass `clock` to continue the time of a previous server. */
export async function startTestServer(
  config: Partial<ParleyServerConfig> = {},
  {
    clock = new FakeClock(),
    atEnd = onTestFinished,
    logStream,
  }: {
    readonly clock?: FakeClock;
    readonly atEnd?: (close: () => Promise<void>) => void;
    readonly logStream?: LogStream;
  } = {},
): Promise<TestServer> {
  const mediaRouter = new FakeMediaRouter();
  const closings: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0)) await closing();
  };
  atEnd(close);
  const urls: string[] = [];
  for (const place of await placesOf(config)) {
    const server = await createParleyServer(
      {
        rateLimits: 'off',
        clients: [
          { id: 'service', secret: 'secret', roles: ['SERVICE', 'AGENT'], organizationId: 'o-1' },
          { id: 'user', secret: 'secret', roles: ['USER'], organizationId: 'o-1' },
          { id: 'foreigner', secret: 'secret', roles: ['SERVICE'], organizationId: 'o-2' },
        ],
        ...place,
        ...config,
      },
      { mediaRouter, clock, ...(logStream && { logStream }) },
    );
    closings.push(() => server.close());
    urls.push((await server.listen()).url);
  }
  const [first = ''] = urls;
  const url = urls.length > 1 ? await startAlternatingProxy(urls, (end) => closings.push(end)) : first;

  const requestToken: TestServer['requestToken'] = async (form, basic) => {
    const response = await fetch(`${url}/security/oauth/token`, {
      method: 'POST',
      headers: basic === undefined ? {} : { authorization: `Basic ${btoa(basic)}` },
      body: new URLSearchParams(form),
    });
    const body = (await response.json()) as TokenResponse;
    checkAnswer(operationOf('requestToken'), response.status, body);
    return { status: response.status, body, headers: response.headers };
  };
  const login = async (clientId: string): Promise<Caller> => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: 'secret' };
    return new Caller(url, (await requestToken(form)).body);
  };
  const service = await login('service');
  const guest = async (conferenceId: string): Promise<Caller> => {
    const ticket = await service.do<{ readonly id: string }>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
    });
    const { body } = await requestToken({ grant_type: 'password', username: ticket.id }, 'customer:');
    return new Caller(url, body);
  };
  return { url, mediaRouter, clock, service, login, guest, requestToken, close };
}
