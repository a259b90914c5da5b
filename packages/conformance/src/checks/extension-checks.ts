import { randomUUID } from 'node:crypto';
import { redeemTicket } from '@parley-rtc/client';
import type { IceServers, Ticket } from '@parley-rtc/contract';
import type { Caller } from '../api/caller.ts';
import { group, type Check } from '../check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../expect.ts';
import { decision, platform } from '../rule.ts';
import type { Stage } from '../stage.ts';

/** Somebody with a ticket for this conference. */
async function guestOf({ caller, server }: Stage, conferenceId: string): Promise<Caller> {
  const properties = { conference_id: conferenceId };
  const { id: ticket = '' } = await caller.need<Ticket>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', ttl: 300, properties },
  });
  const { token } = await redeemTicket({ server: server.server, ticket });
  const first = token();
  return caller.as(() => first);
}

/** What lies around the page: endpoints, ICE servers, tickets. Probed; a server may lack it. */
export const extensionChecks: readonly Check[] = group('extension', [
  {
    id: 'register',
    sentence: 'An endpoint is registered in both forms: a bare id, and an object with an id.',
    rule: platform('POST /users/endpoints answers a JSON string; the older /register answers {id}'),
    needs: ['user endpoints'],
    run: async ({ caller }) => {
      const body = { keepAliveSeconds: 30 };
      const userEndpointId = await caller.need('registerUserEndpoint', { body });
      expectText('endpoint id', userEndpointId);
      const legacy = await caller.need<{ readonly id?: string }>('registerUserEndpointLegacy', {
        body: { ...body, userEndpointId: randomUUID(), userId: 'ignored' },
      });
      expectText('id', legacy.id);
    },
  },
  {
    id: 'keep-alive',
    sentence: 'An endpoint is kept alive and removed; afterwards both give 404.',
    rule: platform(
      'a keep-alive for an unknown endpoint answers 404, so that dead differs from network trouble',
    ),
    needs: ['user endpoints'],
    run: async ({ caller }) => {
      const id = await caller.need<string>('registerUserEndpoint', { body: { keepAliveSeconds: 30 } });
      const body = { userEndpointId: id, userId: 'ignored', reason: 'User logout' };
      expectStatus(await caller.call('keepAliveUserEndpoint', { body }), 200, 204);
      expectStatus(await caller.call('unregisterUserEndpoint', { body }), 204);
      expectStatus(await caller.call('keepAliveUserEndpoint', { body }), 404);
      expectStatus(await caller.call('unregisterUserEndpoint', { body }), 404);
    },
  },
  {
    id: 'unregistered',
    sentence: 'An endpoint that nobody registered cannot join: 404.',
    rule: decision(28, '404 if the endpoint is not registered'),
    needs: ['user endpoints'],
    run: async (stage) => {
      const body = { conferenceId: await stage.conference(), userEndpointId: randomUUID() };
      expectStatus(await stage.caller.call('join', { body }), 404);
    },
  },
  {
    id: 'unregister-leaves',
    sentence: 'An endpoint that is removed has left: streams first, each with its own version.',
    rule: platform('on removal one ConferenceStreamUnpublishedEvent per stream, then ConferenceLeftEvent'),
    needs: ['user endpoints'],
    run: async (stage) => {
      const room = await stage.room();
      await stage.publish(room, 'MIC');
      const { userEndpointId } = room;
      await stage.caller.need('unregisterUserEndpoint', { body: { userEndpointId, reason: 'User logout' } });
      const events = await stage.events(room.conferenceId, 2);
      expectEqual(
        'events',
        events.map(({ type, conferenceVersion }) => [conferenceVersion, type]),
        [
          [2, 'ConferenceStreamUnpublishedEvent'],
          [3, 'ConferenceLeftEvent'],
        ],
      );
    },
  },
  {
    id: 'ice-servers',
    sentence: 'The answer about ICE servers has a list, perhaps an empty one, and urls are lists.',
    rule: platform('the official iOS client stops working without iceServers, or with urls that is no array'),
    needs: ['ICE servers'],
    run: async ({ caller }) => {
      const { iceServers } = await caller.need<IceServers>('getIceServers');
      expectThat('iceServers', Array.isArray(iceServers), 'a list', iceServers);
      for (const { urls } of iceServers) expectThat('urls', Array.isArray(urls), 'a list', urls);
    },
  },
  {
    id: 'view-updates',
    sentence: 'A view asks for a smaller picture, and for none; a view that is not there gives 404.',
    rule: platform('updateViewStream, an extension marked x-parley: 204, or 404 for an unknown view'),
    needs: ['user endpoints', 'view updates'],
    run: async (stage) => {
      const room = await stage.room();
      const streamId = await stage.publish(room);
      const viewerId = await stage.view(room, streamId);
      const view = { ...room.about, streamId, viewerId };
      for (const video of [{ maxHeightPx: 180 }, { isPaused: true }, {}]) {
        expectStatus(await stage.caller.call('updateViewStream', { body: { ...view, video } }), 204);
      }
      const gone = { ...view, viewerId: randomUUID(), video: {} };
      expectStatus(await stage.caller.call('updateViewStream', { body: gone }), 404);
    },
  },
  {
    id: 'ticket',
    sentence: 'A ticket logs a guest in, and the token names the conference that it opens.',
    rule: decision(39, 'client_credentials, password (ticket) and refresh_token are supported'),
    needs: ['tickets'],
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const { id: ticket = '' } = await stage.caller.need<Ticket>('createTicket', {
        body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
      });
      const read = await stage.caller.need<Ticket>('getTicket', { params: { id: ticket } });
      expectEqual('conference_id of the ticket', read.properties?.conference_id, conferenceId);
      const redeemed = await redeemTicket({ server: stage.server.server, ticket });
      expectEqual('conference_id', redeemed.conferenceId, conferenceId);
      expectText('sub', redeemed.userId);
    },
  },
  {
    id: 'ticket-elsewhere',
    sentence: 'A guest enters the conference of the ticket and no other: 403.',
    rule: platform('a ticket fixes the one conference that its holder may enter'),
    needs: ['tickets', 'user endpoints'],
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const guest = await guestOf(stage, conferenceId);
      const { userEndpointId } = await stage.enter(conferenceId, guest);
      const body = { conferenceId: await stage.conference(), userEndpointId };
      expectStatus(await guest.call('join', { body }), 403);
      expectStatus(await guest.call('getConference', { params: { id: body.conferenceId } }), 403);
    },
  },
  {
    id: 'others-endpoint',
    sentence: 'Nobody acts with the endpoint of another user: 403.',
    rule: decision(28, '403 if the endpoint belongs to another user'),
    needs: ['tickets', 'user endpoints'],
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const guest = await guestOf(stage, conferenceId);
      await stage.enter(conferenceId, guest);
      for (const operationId of ['join', 'leave', 'end']) {
        expectStatus(await guest.call(operationId, { body: about }), 403);
      }
      const change = { ...about, operation: 'SET', key: 'k', value: 'v' };
      expectStatus(await guest.call('updateMetadata', { body: change }), 403);
    },
  },
  {
    id: 'guest-rights',
    sentence: 'A guest can neither end the conference of others nor send events: 403.',
    rule: decision(29, 'end is for the creator, SERVICE and AGENT; sendEvent for SERVICE (30)'),
    needs: ['tickets', 'user endpoints'],
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const guest = await guestOf(stage, conferenceId);
      const { about } = await stage.enter(conferenceId, guest);
      expectStatus(await guest.call('end', { body: about }), 403);
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString() };
      expectStatus(await guest.call('sendEvent', { body: { conferenceId, event } }), 403);
    },
  },
]);
