import { randomUUID } from 'node:crypto';
import type { ConferenceSummary, WireSimpleView } from '@parley-rtc/contract';
import { decision, platform, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectThat } from '../stage/expect.ts';

/** Metadata like that of official mobile clients: strings, booleans, null, lists and objects. */
const phoneMetadata = {
  roles: ['CUSTOMER'],
  capabilities: [],
  language: 'en',
  type: 'stream',
  name: null,
  avatarUrl: null,
  portrait: false,
  deviceInfo: { os: { name: 'iOS', version: '17' }, ua: 'test' },
};

/** Joining, leaving and participant metadata. */
export const participantChecks: readonly Check[] = group('participant', [
  {
    id: 'join',
    sentence: 'Joining returns the conference, and the participant is in it with endpoint and user.',
    rule: seed('join', '200 with a ConferenceSummary'),
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const body = { conferenceId, userEndpointId: await stage.endpoint() };
      const answer = await stage.caller.call<ConferenceSummary>('join', { body });
      expectStatus(answer, 200);
      expectEqual('id', answer.body.id, conferenceId);
      const { participants = [], empty } = await stage.read(conferenceId);
      expectEqual(
        'ids of the participants',
        participants.map(({ id }) => id),
        [body.userEndpointId],
      );
      expectEqual('empty', empty, false);
    },
  },
  {
    id: 'join-twice',
    sentence: 'Joining again with the same endpoint gives 422.',
    rule: seed('join', '422: conference already joined from same user and endpoint'),
    run: async (stage) => {
      const { about } = await stage.room();
      expectStatus(await stage.caller.call('join', { body: about }), 422);
    },
  },
  {
    id: 'join-twice-traceless',
    sentence: 'A refused second join causes no event and no version step.',
    rule: decision(14, '422 {error, error_description}; no event, no version step'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      const steps = await stage.stepsOf(conferenceId, () => stage.caller.call('join', { body: about }));
      expectEqual('version steps', steps, 0);
      expectEqual('number of events', (await stage.history(conferenceId)).length, 1);
    },
  },
  {
    id: 'join-other-endpoint',
    sentence: 'The same user can join with another endpoint.',
    rule: seed('join', '422 is for the same user and endpoint only'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      await stage.enter(conferenceId);
      expectEqual('number of participants', (await stage.read(conferenceId)).participants?.length, 2);
    },
  },
  {
    id: 'join-unknown-conference',
    sentence: 'Joining a conference that does not exist gives 404.',
    rule: seed('join', '404: not found'),
    run: async (stage) => {
      const body = { conferenceId: randomUUID(), userEndpointId: await stage.endpoint() };
      expectStatus(await stage.caller.call('join', { body }), 404);
    },
  },
  {
    id: 'join-metadata',
    sentence: 'Participant metadata holds any JSON: null, booleans, lists and objects.',
    rule: decision(17, 'real values are any JSON; store any JSON'),
    run: async (stage) => {
      const conferenceId = await stage.conference();
      const userEndpointId = await stage.endpoint();
      await stage.caller.need('join', { body: { conferenceId, userEndpointId, metadata: phoneMetadata } });
      const { participants = [] } = await stage.read(conferenceId);
      expectEqual('metadata', participants[0]?.metadata, phoneMetadata);
    },
  },
  {
    id: 'metadata-replaced',
    sentence: 'New participant metadata replaces the old; nothing is merged.',
    rule: decision(20, 'replace (the name says new)'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      for (const newMetadata of [{ name: 'Ada', age: 36 }, { name: null }]) {
        const body = { ...about, newMetadata };
        expectStatus(await stage.caller.call('updateParticipantMetadata', { body }), 204);
        const { participants = [] } = await stage.read(conferenceId);
        expectEqual('metadata', participants[0]?.metadata, newMetadata);
      }
    },
  },
  {
    id: 'simple-view',
    sentence: 'The simple view groups endpoints by user; the full view lists them.',
    rule: decision(21, 'participants[].id is an endpoint in Conference and a user in the simple view'),
    run: async (stage) => {
      const { conferenceId, userEndpointId } = await stage.room();
      const second = await stage.enter(conferenceId);
      const { participants = [], version } = await stage.read(conferenceId);
      const params = { id: conferenceId };
      const view = await stage.caller.need<WireSimpleView>('getSimpleView', { params });
      const endpoints = view.participants?.flatMap((user) => user.endpoints?.map(({ id }) => id) ?? []);
      expectEqual(
        'users of the simple view',
        view.participants?.map(({ id }) => id),
        [participants[0]?.userId],
      );
      expectEqual('endpoints of the simple view', endpoints, [userEndpointId, second.userEndpointId]);
      expectEqual('version of the simple view', view.version, version);
    },
  },
  {
    id: 'healthy',
    sentence: 'A participant who has just joined is HEALTHY in both views.',
    rule: seed('Conference and ConferenceSimpleView', 'state: HEALTHY, SICK or UNKNOWN'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      const { participants = [] } = await stage.read(conferenceId);
      expectEqual('state', participants[0]?.state, 'HEALTHY');
      const params = { id: conferenceId };
      const view = await stage.caller.need<WireSimpleView>('getSimpleView', { params });
      expectEqual('state in the simple view', view.participants?.[0]?.endpoints?.[0]?.state, 'HEALTHY');
    },
  },
  {
    id: 'leave',
    sentence: 'Leaving answers 204 and removes the endpoint.',
    rule: seed('leave', '204: no content'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      expectStatus(await stage.caller.call('leave', { body: { ...about, reason: 'bye' } }), 204);
      expectEqual('participants', (await stage.read(conferenceId)).participants, []);
    },
  },
  {
    id: 'leave-twice',
    sentence: 'Leaving again gives 404 and causes no event.',
    rule: decision(33, 'repeated leave, unpublish, end: 404, no event'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      await stage.caller.need('leave', { body: about });
      const steps = await stage.stepsOf(conferenceId, async () => {
        expectStatus(await stage.caller.call('leave', { body: about }), 404);
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'leave-withdraws',
    sentence: 'When a publisher leaves, its streams are unpublished first, then it leaves.',
    rule: platform('clients may leave without unpublishing; the server unpublishes their streams'),
    run: async (stage) => {
      const room = await stage.room();
      await stage.publish(room, 'MIC');
      await stage.publish(room, 'SCREEN');
      const { version = 0 } = await stage.read(room.conferenceId);
      await stage.caller.need('leave', { body: room.about });
      const types = (await stage.events(room.conferenceId, version)).map(({ type }) => type);
      const withdrawn = 'ConferenceStreamUnpublishedEvent';
      expectEqual('types of the events', types, [withdrawn, withdrawn, 'ConferenceLeftEvent']);
    },
  },
  {
    id: 'rejoin',
    sentence: 'A participant can rejoin with the same endpoint.',
    rule: platform('rejoining uses a fresh join with the same endpoint'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      await stage.caller.need('leave', { body: about });
      expectStatus(await stage.caller.call('join', { body: about }), 200);
      expectThat('empty', (await stage.read(conferenceId)).empty === false, 'false', true);
    },
  },
  {
    id: 'not-joined',
    sentence: 'Commands of an endpoint that has not joined give 400.',
    rule: decision(28, '400 if not joined where joining is needed'),
    run: async (stage) => {
      const about = { conferenceId: await stage.conference(), userEndpointId: await stage.endpoint() };
      const commands: Readonly<Record<string, object>> = {
        updateMetadata: { ...about, operation: 'SET', key: 'key', value: 'value' },
        updateParticipantMetadata: { ...about, newMetadata: {} },
        publishStream: { ...about, conferenceStreamType: 'MIC', sdpOffer: 'v=0\r\n' },
      };
      for (const [operationId, body] of Object.entries(commands)) {
        expectStatus(await stage.caller.call(operationId, { body }), 400);
      }
    },
  },
]);
