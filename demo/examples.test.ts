import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createRtcApi, redeemTicket, type RoomTicket } from '@parley-rtc/client';
import { createParleyServer } from '@parley-rtc/server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from './testing/free-port.ts';

const client = { id: 'shop', secret: 'only-for-this-test', roles: ['AGENT'] as const };

interface Program {
  readonly language: string;
  readonly check: readonly string[];
  readonly start: (port: number) => readonly string[];
}

/** The back ends of `demo/examples`. Node and Python are everywhere; the others are tested where their runtime is. */
const programs: readonly Program[] = [
  {
    language: 'Node',
    check: [process.execPath, '--version'],
    start: () => [process.execPath, '--conditions=@parley-rtc/source', 'node-backend/server.mjs'],
  },
  {
    language: 'Python',
    check: ['python3', '--version'],
    start: () => ['python3', 'python-backend/server.py'],
  },
  { language: 'Go', check: ['go', 'version'], start: () => ['go', 'run', 'go-backend/main.go'] },
  {
    language: 'PHP',
    check: ['php', '--version'],
    start: (port) => ['php', '-S', `127.0.0.1:${port}`, 'php-backend/server.php'],
  },
];
const installed = programs.filter(
  ({ language, check: [name = '', ...args] }) =>
    ['Node', 'Python'].includes(language) || spawnSync(name, args).status === 0,
);

let parley: string;

beforeAll(async () => {
  const server = await createParleyServer({ port: 0, clients: [client] });
  parley = (await server.listen()).url;
  return () => server.close();
});

/** Starts a back end and returns its URL once it answers. */
async function startBackend({ start }: Program, settings: Record<string, string> = {}): Promise<string> {
  const port = await freePort();
  const [name = '', ...args] = start(port);
  const child = spawn(name, args, {
    cwd: fileURLToPath(new URL('examples', import.meta.url)),
    // A group of its own, because `go run` starts another process.
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      PARLEY_URL: parley,
      PARLEY_CLIENT_ID: client.id,
      PARLEY_CLIENT_SECRET: client.secret,
      PORT: String(port),
      ...settings,
    },
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    if (child.pid !== undefined) process.kill(-child.pid);
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  // Go compiles it first.
  const status = () => fetch(url, { method: 'POST' }).then((answer) => answer.status, String);
  await expect.poll(status, { timeout: 50_000 }).toBe(404);
  return url;
}

describe.each(installed)('the back end in $language', (program) => {
  it('lets users in by name, all into the same call, and into a new one after its end', async () => {
    const url = await startBackend(program);
    const room = `room-${program.language}`;
    const invite = async (name: string): Promise<RoomTicket> => {
      const answer = await fetch(`${url}/ticket?room=${room}&name=${name}`, { method: 'POST' });
      expect(answer.status).toBe(200);
      return (await answer.json()) as RoomTicket;
    };
    const [ada, bob] = await Promise.all([invite('Ada'), invite('Bob')]);
    expect([ada.server, ada.conferenceId]).toEqual([parley, room]);
    expect(bob.ticket).not.toBe(ada.ticket);
    const { api } = await enter(ada);
    await enter(bob);
    const { participants = [] } = await api.getConference(room);
    expect(new Set(participants.map(({ verified }) => verified?.name))).toEqual(new Set(['Ada', 'Bob']));
    expect(participants.map(({ permissions }) => permissions?.moderate)).toEqual([false, false]);

    await endCall(room);
    await expect(enter(ada)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    const { api: later } = await enter(await invite('Ada'));
    expect((await later.getConference(room)).participants).toHaveLength(1);
  }, 60_000);

  it('answers 502 when the secret is wrong or another program answers, and refuses other requests', async () => {
    const stranger = createServer((_, response) => response.writeHead(404).end('<h1>Not here</h1>')).listen(
      0,
    );
    onTestFinished(() => void stranger.close());
    const { port } = stranger.address() as AddressInfo;
    for (const settings of [{ PARLEY_CLIENT_SECRET: 'wrong' }, { PARLEY_URL: `http://127.0.0.1:${port}` }]) {
      const url = await startBackend(program, settings);
      expect((await fetch(`${url}/ticket?room=r`, { method: 'POST' })).status).toBe(502);
      expect((await fetch(`${url}/ticket?room=r`)).status).not.toBe(200);
      expect((await fetch(`${url}/ticket`, { method: 'POST' })).status).toBe(404);
    }
  }, 120_000);
});

async function enter({ server, ticket, conferenceId }: RoomTicket) {
  const { token } = await redeemTicket({ server, ticket });
  const api = createRtcApi({ server, token });
  const userEndpointId = await api.registerUserEndpoint({ keepAliveSeconds: 30 });
  await api.join({ conferenceId, userEndpointId });
  return { api };
}

async function endCall(conferenceId: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
  });
  const granted = await fetch(`${parley}/security/oauth/token`, { method: 'POST', body });
  const { access_token: token } = (await granted.json()) as { readonly access_token: string };
  const api = createRtcApi({ server: parley, token });
  const userEndpointId = await api.registerUserEndpoint({ keepAliveSeconds: 30 });
  await api.end({ conferenceId, userEndpointId });
}
