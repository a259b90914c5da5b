import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRtcApi, redeemTicket, type RtcApi } from '@parley-rtc/client';
import { createParleyServer, type ParleyServer } from '@parley-rtc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBackend } from './backend.ts';
import { createChatSender } from './chat-sender.ts';
import { RequestError } from './request-error.ts';

/** A participant and their page's token. */
interface Guest {
  readonly conferenceId: string;
  readonly endpointId: string;
  readonly token: string;
}

let parley: ParleyServer;
let api: string;
let pages: Server;
let backend: string;

beforeAll(async () => {
  const client = { id: 'backend', secret: 'secret' };
  parley = await createParleyServer({
    clients: [{ ...client, roles: ['SERVICE'] }],
    port: 0,
    logLevel: 'silent',
  });
  api = (await parley.listen()).url;
  const handle = createBackend({ server: api, clientId: client.id, clientSecret: client.secret });
  pages = createServer((request, response) => void handle(request, response));
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  backend = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
});

afterAll(async () => {
  pages.close();
  await parley.close();
});

function post(path: string, body: object, token?: string): Promise<Response> {
  return fetch(`${backend}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

async function join(room: string): Promise<Guest> {
  const answer = await post('ticket', { room });
  const { ticket, conferenceId } = (await answer.json()) as { ticket: string; conferenceId: string };
  const redeemed = await redeemTicket({ server: api, ticket });
  const token = await redeemed.token();
  const guest = createRtcApi({ server: api, token });
  const endpointId = await guest.registerUserEndpoint({ keepAliveSeconds: 60 });
  await guest.join({ conferenceId, userEndpointId: endpointId, metadata: { name: 'Ada' } });
  return { conferenceId, endpointId, token };
}

async function send({ token, ...place }: Guest, text: string): Promise<number> {
  return (await post('messages', { ...place, text }, token)).status;
}

it('accepts messages only from participants, as themselves', async () => {
  const [ada, eve] = await Promise.all([join('one'), join('two')]);
  expect((await post('messages', { ...ada, text: 'hi' })).status).toBe(401);
  expect(await send({ ...ada, token: 'nonsense' }, 'hi')).toBe(403);
  expect(await send({ ...ada, token: eve.token }, 'hi')).toBe(403);
  expect(await send({ ...eve, conferenceId: ada.conferenceId }, 'hi')).toBe(403);
  expect(await send(ada, 'hi')).toBe(200);
});

it('refuses empty, long and too frequent messages', async () => {
  const [ada, eve] = await Promise.all([join('three'), join('three')]);
  expect(await send(ada, '   ')).toBe(400);
  expect(await send(ada, 'x'.repeat(501))).toBe(400);
  for (let count = 0; count < 5; count += 1) expect(await send(ada, 'x'.repeat(500))).toBe(200);
  expect(await send(ada, 'hi')).toBe(429);
  expect(await send(eve, 'hi')).toBe(200);
});

it('does not take the words of a proxy for a refusal', async () => {
  const proxy = createServer((_request, response) => response.writeHead(401).end('<h1>Log in</h1>'));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const sendMessage = createChatSender(
    {} as RtcApi,
    `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  );
  const message = { conferenceId: 'c', endpointId: 'e', text: 'hi' };
  await expect(sendMessage(message, 'token')).rejects.not.toBeInstanceOf(RequestError);
  proxy.close();
});
