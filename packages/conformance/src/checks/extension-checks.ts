import { randomUUID } from 'node:crypto';
import { redeemTicket } from '@parley-rtc/client';
import type { EnterResult, IceServers, Ticket, WireConference } from '@parley-rtc/contract';
import { decision, platform } from '../rules/rule.ts';
import { SkipError } from '../rules/skip.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../stage/expect.ts';
import { guestOf } from '../stage/guest-of.ts';
import { anOffer } from '../stage/offers.ts';

/** Optional features beyond the page: endpoints, ICE servers, tickets. The suite probes for them. */
export const extensionChecks: readonly Check[] = group('extension', [
  {
    id: 'register',
    sentence: 'An endpoint registers in both forms: with a bare id, and with an object that has an id.',
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
    sentence: 'A registered endpoint can be kept alive and removed; afterwards, both give 404.',
    rule: platform(
      'a keep-alive for an unknown endpoint answers 404, to distinguish it from network problems',
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
    sentence: 'An unregistered endpoint cannot join: 404.',
    rule: decision(28, '404 if the endpoint is not registered'),
    needs: ['user endpoints'],
    run: async (stage) => {
      const body = { conferenceId: await stage.conference(), userEndpointId: randomUUID() };
      expectStatus(await stage.caller.call('join', { body }), 404);
    },
  },
  {
    id: 'unregister-leaves',
    sentence: 'A removed endpoint leaves: first its streams, each with its own version.',
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
    sentence: 'The ICE servers are a list, which may be empty, and urls are lists.',
    rule: platform('the official iOS client fails without iceServers, or if urls is not an array'),
    needs: ['ICE servers'],
    run: async ({ caller }) => {
      const { iceServers } = await caller.need<IceServers>('getIceServers');
      expectThat('iceServers', Array.isArray(iceServers), 'a list', iceServers);
      for (const { urls } of iceServers) expectThat('urls', Array.isArray(urls), 'a list', urls);
    },
  },
  {
    id: 'view-updates',
    sentence: 'A view can request a smaller video, or none; an unknown view gives 404.',
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
    id: 'enter',
    sentence: 'One command registers, joins and answers the state; sent again, it changes nothing.',
    rule: platform('enter, an extension marked x-parley: register, join and read in one round trip'),
    needs: ['user endpoints', 'entering at once'],
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const userEndpointId = randomUUID();
      const body = { conferenceId, userEndpointId, keepAliveSeconds: 60, metadata: { name: 'Ada' } };
      const first = await stage.caller.need<EnterResult>('enter', { body });
      expectEqual('userEndpointId', first.userEndpointId, userEndpointId);
      const params = { id: conferenceId };
      const state = await stage.caller.need<WireConference>('getConference', { params });
      expectEqual('conference', first.conference, state);
      expectEqual(
        'participants',
        state.participants?.map(({ id, metadata }) => ({ id, metadata })),
        [{ id: userEndpointId, metadata: { name: 'Ada' } }],
      );
      expectEqual('answer to the repetition', await stage.caller.need('enter', { body }), first);
      const other = { ...body, metadata: { name: 'Ada L.' } };
      const changed = await stage.caller.need<EnterResult>('enter', { body: other });
      expectEqual('metadata', changed.conference.participants?.[0]?.metadata, other.metadata);
      expectStatus(await stage.caller.call('keepAliveUserEndpoint', { body: { userEndpointId } }), 200, 204);
      await stage.caller.call('unregisterUserEndpoint', { body: { userEndpointId } });
    },
  },
  {
    id: 'ticket',
    sentence: "A guest logs in with a ticket, and the token names the ticket's conference.",
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
    sentence: "A guest joins only the ticket's conference; any other gives 403.",
    rule: platform('a ticket names the one conference that its holder may join'),
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
    sentence: "Using another user's endpoint gives 403.",
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
    id: 'version-id',
    sentence:
      'A snapshot identifies its version by its last event; a position that the history does not have gives 400.',
    rule: decision(9, 'a position that the history does not have is refused (x-parley: versionId)'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      const params = { id: conferenceId };
      const { version = 0, versionId } = await stage.caller.need<WireConference>('getConference', { params });
      if (versionId === undefined) throw new SkipError('the server does not identify versions');
      const [last] = (await stage.history(conferenceId)).slice(-1);
      expectEqual('versionId', versionId, last?.id);
      for (const query of [{ v: version + 1 }, { v: version, versionId: randomUUID() }]) {
        const refused = await stage.caller.call('getEvents', { params, query });
        expectStatus(refused, 400);
        expectEqual('error', (refused.body as { readonly error?: string }).error, 'position_unavailable');
      }
    },
  },
  {
    id: 'guest-rights',
    sentence:
      "A guest can neither end another user's conference nor send events, mute others, hold, record or resize it: 403.",
    rule: decision(
      29,
      'end: the creator, SERVICE, SUPERVISOR and AGENT; sendEvent: SERVICE (30); keys: row 44',
    ),
    needs: ['tickets', 'user endpoints'],
    run: async (stage) => {
      const room = await stage.room();
      const { conferenceId } = room;
      const guest = await guestOf(stage, conferenceId);
      const { about } = await stage.enter(conferenceId, guest);
      expectStatus(await guest.call('end', { body: about }), 403);
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString() };
      expectStatus(await guest.call('sendEvent', { body: { conferenceId, event } }), 403);
      const set = (key: string) =>
        guest.call('updateMetadata', { body: { ...about, operation: 'SET', key, value: '0' } });
      const theirs = `TRACK_MUTED/audio/${await stage.publish(room, 'MIC')}`;
      for (const key of [theirs, 'ON_HOLD', 'RECORDER', 'participant_limit'])
        expectStatus(await set(key), 403);
      const own = {
        streamId: randomUUID(),
        conferenceStreamType: 'MIC',
        sdpOffer: anOffer('sendonly', 'audio'),
      };
      expectStatus(await guest.call('publishStream', { body: { ...about, ...own } }), 200);
      expectStatus(await set(`TRACK_MUTED/audio/${own.streamId}`), 204);
      expectStatus(await set('topic'), 204);
    },
  },
  {
    id: 'revoke',
    sentence: 'Revoking a ticket or a user ends its logins: 401 with their tokens. Both can be repeated.',
    rule: decision(46, 'revocation takes effect with the next request'),
    needs: ['tickets', 'user endpoints', 'revocation'],
    run: async (stage) => {
      const { caller, server } = stage;
      const conferenceId = await stage.conference();
      const body = { type: 'MULTI_USE_TICKET', ttl: 300, properties: { conference_id: conferenceId } };
      const { id: ticket = '' } = await caller.need<Ticket>('createTicket', { body });
      const logIn = async () => {
        const { token, userId } = await redeemTicket({ server: server.server, ticket });
        const first = token();
        return { guest: caller.as(() => first), userId };
      };
      const [one, other] = [await logIn(), await logIn()];
      const userOf = { body: { userId: one.userId } };
      expectStatus(await caller.call('revokeUser', userOf), 204);
      expectStatus(await caller.call('revokeUser', userOf), 204);
      expectStatus(await one.guest.call('getIceServers'), 401);
      expectStatus(await other.guest.call('getIceServers'), 200);
      const params = { id: ticket };
      expectStatus(await other.guest.call('revokeTicket', { params }), 403);
      expectStatus(await caller.call('revokeTicket', { params }), 204);
      expectStatus(await caller.call('revokeTicket', { params }), 204);
      expectStatus(await other.guest.call('getIceServers'), 401);
      const read = await caller.need<Ticket>('getTicket', { params });
      expectEqual('revoked', read.revoked, true);
    },
  },
]);
