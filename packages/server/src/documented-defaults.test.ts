import { readFileSync } from 'node:fs';
import type { Ticket } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { startTestServer, type Caller } from './testing/test-server.ts';

const hourMs = 60 * 60_000;

function page(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The default of a variable, as the table of a page says it. */
function defaultOf(path: string, variable: string): number {
  const [, value] = new RegExp(`\`${variable}\` *\\| (\\d+) `).exec(page(path)) ?? [];
  if (value === undefined) throw new Error(`${path} has no default for ${variable}`);
  return Number(value);
}

/** The defaults of `createTicket` in the API document. */
function ticketDefaults(): { readonly ttl: number; readonly length: number } {
  const document = parse(page('packages/contract/openapi.yaml')) as {
    components: {
      schemas: Record<string, { properties: Record<string, { default?: number; enum?: number[] }> }>;
    };
  };
  const { ttl, length } = document.components.schemas['CreateTicketRequest']?.properties ?? {};
  return { ttl: ttl?.default ?? NaN, length: length?.default ?? length?.enum?.[0] ?? NaN };
}

const durability = 'docs/server/durability.md';

async function statusOf(caller: Caller, operationId: string, id: string): Promise<number> {
  return (await caller.call(operationId, { params: { id } })).status;
}

it('keeps an ended conference as long as durability.md says', async () => {
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  await service.do('end', { body: { conferenceId, userEndpointId } });
  clock.advance(defaultOf(durability, 'PARLEY_ENDED_RETENTION_SECONDS') * 1000 - 1);
  expect(await statusOf(service, 'getConference', conferenceId)).toBe(200);
  clock.advance(1);
  await expect.poll(() => statusOf(service, 'getConference', conferenceId)).toBe(404);
});

it('issues tickets that last, and are as long, as the API document says', async () => {
  const { service } = await startTestServer();
  const { ttl, length } = ticketDefaults();
  const ticket = await service.do<Required<Ticket>>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } },
  });
  expect(Date.parse(ticket.expiresAt) - Date.parse(ticket.createdAt)).toBe(ttl * 1000);
  expect(ticket.id).toHaveLength(length);
});

it('keeps an expired ticket, and compacts, as durability.md says', async () => {
  const { service, clock, login } = await startTestServer();
  const { id } = await service.do<Required<Ticket>>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', ttl: 60, properties: { conference_id: 'c-1' } },
  });
  const retentionMs = defaultOf(durability, 'PARLEY_TICKET_RETENTION_SECONDS') * 1000;
  const compactionMs = defaultOf(durability, 'PARLEY_COMPACTION_SECONDS') * 1000;
  expect(compactionMs).toBe(hourMs);
  clock.advance(retentionMs);
  expect(await statusOf(await login('service'), 'getTicket', id)).toBe(200);
  clock.advance(compactionMs);
  const later = await login('service');
  await expect.poll(() => statusOf(later, 'getTicket', id)).toBe(404);
});

it('answers a poll after the 20 seconds that events.md says', async () => {
  expect(page('docs/server/events.md')).toContain('after 20 seconds with `[]`');
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const timers = clock.timerCount;
  let isAnswered = false;
  const poll = service.events(conferenceId, 0).finally(() => {
    isAnswered = true;
  });
  await expect.poll(() => clock.timerCount).toBe(timers + 1);
  clock.advance(19_999);
  expect(clock.timerCount).toBe(timers + 1);
  expect(isAnswered).toBe(false);
  clock.advance(1);
  expect(await poll).toEqual([]);
});

it('announces the network every 10 seconds, as events.md says', async () => {
  expect(page('docs/server/events.md')).toContain('Every 10 seconds, each conference with media');
  const { clock, mediaRouter } = await startTestServer();
  const facts = vi.spyOn(mediaRouter, 'facts');
  clock.advance(9_999);
  expect(facts).not.toHaveBeenCalled();
  clock.advance(1);
  expect(facts).toHaveBeenCalledOnce();
});

/** The key that signed a caller's token. */
function keyIdOf({ token }: Caller): string {
  return (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
}

it('replaces its key after the 24 hours that rights.md says', async () => {
  expect(page('docs/server/rights.md')).toContain('replaces every 24 hours');
  const { url, clock, login } = await startTestServer();
  const first = keyIdOf(await login('service'));
  clock.advance(24 * hourMs - 1_000);
  expect(keyIdOf(await login('service'))).toBe(first);
  clock.advance(1_000);
  expect(keyIdOf(await login('service'))).not.toBe(first);
  expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
});

it('gives access tokens for 15 minutes, and TURN credentials as long as operations.md says', async () => {
  const turn = { urls: ['turn:turn.example.com'], secret: 'hush' };
  const { service, clock, requestToken } = await startTestServer({ turn });
  const form = { grant_type: 'client_credentials', client_id: 'service', client_secret: 'secret' };
  expect((await requestToken(form)).body.expires_in).toBe(15 * 60);
  const { iceServers } = await service.do<{
    readonly iceServers?: readonly { readonly username?: string }[];
  }>('getIceServers');
  const [expiry] = (iceServers?.[0]?.username ?? '').split(':');
  const ttlSeconds = defaultOf('docs/server/operations.md', 'PARLEY_TURN_TTL_SECONDS');
  expect(Number(expiry)).toBe(Math.floor(clock.now() / 1000) + ttlSeconds);
});
