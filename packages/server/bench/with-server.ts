import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FakeMediaRouter } from '../src/media/testing/fake-media-router.ts';
import { createParleyServer } from '../src/parley-server.ts';
import type { Command, Order, Outcome } from './protocol.ts';

/** Longer than a benchmark, so that parked polls stay parked. */
const pollTimeoutMs = 10 * 60_000;
const client = { id: 'bench', secret: 'bench', roles: ['SERVICE'] } as const;

/** What a benchmark measures: a server in this process, and its clients in another. */
export interface Bench {
  /** A conference with one participant, at version 1. */
  readonly createConference: (readers: number) => Promise<Command>;
  /** Adds a participant to a conference and returns the id of its endpoint. */
  readonly join: (conferenceId: string) => Promise<string>;
  readonly order: (order: Order) => Promise<Outcome>;
}

export async function withServer<Figures>(measure: (bench: Bench) => Promise<Figures>): Promise<Figures> {
  const server = await createParleyServer(
    // One user opens everything here, which the limits are designed to prevent.
    {
      port: 0,
      clients: [client],
      pollTimeoutMs,
      accessTokenSeconds: 3_600,
      rateLimits: 'off',
      limits: {
        endpointsPerUser: 100_000,
        waitingPerUser: 100_000,
        participantsPerUser: 1_000,
        connectionsPerAddress: 20_000,
      },
    },
    { mediaRouter: new FakeMediaRouter() },
  );
  const { url } = await server.listen();
  const token = await login(url);
  const child = fork(fileURLToPath(new URL('polls-client.ts', import.meta.url)), [url, token]);
  const order = async (one: Order): Promise<Outcome> => {
    child.send(one);
    return outcomeOf(child);
  };
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}/rtc-api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const createConference = async (readers: number): Promise<Command> => {
    const { id: conferenceId } = (await post('conferences/create', {})) as { id: string };
    return { conferenceId, userEndpointId: await join(conferenceId), readers };
  };
  const join = async (conferenceId: string): Promise<string> => {
    const userEndpointId = (await post('users/endpoints', { keepAliveSeconds: 86_400 })) as string;
    await post('conferences/join', { conferenceId, userEndpointId });
    return userEndpointId;
  };
  try {
    return await measure({ createConference, join, order });
  } finally {
    if (child.exitCode === null) await order({ do: 'hang up' });
    child.kill();
    await server.close();
  }
}

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const failed = once(child, 'exit').then(() => {
    throw new Error('The client process ended early; see above.');
  });
  const [outcome] = (await Promise.race([once(child, 'message'), failed])) as [Outcome];
  failed.catch(() => {});
  return outcome;
}
