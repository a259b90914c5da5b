import { randomUUID } from 'node:crypto';
import type { ConferenceSummary, WireConference } from '@parley-rtc/contract';
import { decision, platform, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../stage/expect.ts';

/** Creating, reading and ending conferences. */
export const conferenceChecks: readonly Check[] = group('conference', [
  {
    id: 'create-empty-command',
    sentence: 'An empty command creates a conference and returns its id and version 0.',
    rule: seed('create', 'no field of the command is mandatory; the answer is a ConferenceSummary'),
    run: async (stage) => {
      const answer = await stage.caller.call<ConferenceSummary>('create', { body: {} });
      expectStatus(answer, 200);
      expectText('id', answer.body.id);
      stage.willEnd(answer.body.id);
      expectEqual('version', answer.body.version, 0);
    },
  },
  {
    id: 'create-own-id',
    sentence: 'The conference gets the id in the command.',
    rule: seed('create', 'conferenceId: optional; must be unique if it is given'),
    run: async (stage) => {
      const conferenceId = randomUUID();
      expectEqual('id', await stage.conference({ conferenceId }), conferenceId);
      expectEqual('id of the conference that was read', (await stage.read(conferenceId)).id, conferenceId);
    },
  },
  {
    id: 'create-taken-id',
    sentence: 'A taken id gives 400 and leaves the existing conference unchanged.',
    rule: decision(26, 'a duplicate id gives 400, unless creator and body are the same'),
    run: async (stage) => {
      const conferenceId = await stage.conference({ metadata: { topic: 'one' } });
      const body = { conferenceId, metadata: { topic: 'other' } };
      expectStatus(await stage.caller.call('create', { body }), 400);
      expectEqual('topic', (await stage.read(conferenceId)).metadata?.['topic']?.value, 'one');
    },
  },
  {
    id: 'create-repeated',
    sentence: 'An identical command from the same creator returns the same conference.',
    rule: decision(26, 'idempotent success for the same creator and an identical body'),
    run: async (stage) => {
      const body = { conferenceId: randomUUID(), metadata: { topic: 'one' } };
      stage.willEnd(body.conferenceId);
      await stage.caller.need('create', { body });
      expectEqual(
        'id',
        (await stage.caller.need<ConferenceSummary>('create', { body })).id,
        body.conferenceId,
      );
    },
  },
  {
    id: 'create-mode',
    sentence: 'A conference has mode ROUTER, with or without mode in the command.',
    rule: decision(10, 'default ROUTER; always return ROUTER'),
    run: async (stage) => {
      for (const command of [{}, { mode: 'ROUTER' }]) {
        expectEqual('mode', (await stage.read(await stage.conference(command))).mode, 'ROUTER');
      }
    },
  },
  {
    id: 'create-other-modes',
    sentence: 'The modes P2P and UNKNOWN are refused with 400.',
    rule: decision(10, '400 for P2P and UNKNOWN'),
    run: async ({ caller }) => {
      for (const mode of ['P2P', 'UNKNOWN']) {
        expectStatus(await caller.call('create', { body: { mode } }), 400);
      }
    },
  },
  {
    id: 'create-metadata-texts',
    sentence: 'Metadata of a new conference accepts only text values; anything else gives 400.',
    rule: decision(18, 'create.metadata is string to string; reject non-strings'),
    run: async ({ caller }) => {
      for (const value of [1, true, null, {}, []]) {
        expectStatus(await caller.call('create', { body: { metadata: { key: value } } }), 400);
      }
    },
  },
  {
    id: 'create-metadata-entries',
    sentence: 'Metadata of a new conference reads back as entries with value, user and time.',
    rule: decision(19, 'wrap: value, creator, creatorEndpoint, creation time'),
    run: async (stage) => {
      const { metadata, creator } = await stage.read(await stage.conference({ metadata: { topic: 'demo' } }));
      const entry = metadata?.['topic'];
      expectEqual('value', entry?.value, 'demo');
      expectEqual('userId', entry?.userId, creator);
      expectThat(
        'lastModified',
        !Number.isNaN(Date.parse(entry?.lastModified ?? '')),
        'an instant',
        entry?.lastModified,
      );
    },
  },
  {
    id: 'create-reserved-word',
    sentence: 'An id that the API reserves gives 400.',
    rule: decision(25, 'refuse ids that equal a verb of the API'),
    run: async ({ caller }) => {
      for (const conferenceId of ['active', 'create', 'join', 'updateMetadata']) {
        expectStatus(await caller.call('create', { body: { conferenceId } }), 400);
      }
    },
  },
  {
    id: 'interaction',
    sentence: 'An interaction that was set can be read.',
    rule: seed('interaction', 'sets the interaction id of a conference'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      expectStatus(
        await stage.caller.call('setInteraction', { body: { ...about, interactionId: 'i-1' } }),
        204,
      );
      expectEqual('interactionId', (await stage.read(conferenceId)).interactionId, 'i-1');
    },
  },
  {
    id: 'active',
    sentence: 'The list of active conferences contains active ones only.',
    rule: seed('active', "gets all active conferences of the user's organization"),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      const ids = async (): Promise<readonly (string | undefined)[]> =>
        (await stage.caller.need<readonly WireConference[]>('getActive')).map(({ id }) => id);
      expectThat(
        'active',
        (await ids()).includes(conferenceId),
        'the active conference',
        'a list without it',
      );
      await stage.caller.need('end', { body: about });
      expectThat('active', !(await ids()).includes(conferenceId), 'no ended conference', 'a list with it');
    },
  },
  {
    id: 'end',
    sentence: 'Ending answers 204 and empties the conference, which stays readable for a while.',
    rule: decision(41, 'keep reads for a while, then 404'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      expectStatus(await stage.caller.call('end', { body: { ...about, reason: 'done' } }), 204);
      expectEqual('participants', (await stage.read(conferenceId)).participants, []);
      expectThat('empty', (await stage.read(conferenceId)).empty === true, 'true', false);
    },
  },
  {
    id: 'end-repeated',
    sentence: 'Ending twice, and joining or leaving after the end, gives 404.',
    rule: decision(33, 'repeated leave, unpublish, end: 404, no event'),
    run: async (stage) => {
      const { conferenceId, about } = await stage.room();
      await stage.caller.need('end', { body: about });
      const steps = await stage.stepsOf(conferenceId, async () => {
        for (const operationId of ['end', 'leave', 'join']) {
          expectStatus(await stage.caller.call(operationId, { body: about }), 404);
        }
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'unknown',
    sentence: 'Every operation on an unknown conference gives 404.',
    rule: decision(15, '400, 401, 403, 404 and 422 are used consistently'),
    run: async (stage) => {
      const conferenceId = randomUUID();
      const about = { conferenceId, userEndpointId: await stage.endpoint() };
      for (const operationId of ['getConference', 'getSimpleView', 'getEvents']) {
        expectStatus(await stage.caller.call(operationId, { params: { id: conferenceId } }), 404);
      }
      const commands: Readonly<Record<string, object>> = {
        join: about,
        leave: about,
        end: about,
        updateMetadata: { ...about, operation: 'SET', key: 'key', value: 'value' },
        updateParticipantMetadata: { ...about, newMetadata: {} },
        updateStreamMetadata: { ...about, streamId: 's', newMetadata: {} },
        unpublishStream: { ...about, streamId: 's' },
        setInteraction: { ...about, interactionId: 'i' },
      };
      for (const [operationId, body] of Object.entries(commands)) {
        expectStatus(await stage.caller.call(operationId, { body }), 404);
      }
    },
  },
  {
    id: 'extra-fields',
    sentence: 'Unknown fields are ignored, and a userId in the body has no effect.',
    rule: decision(37, 'ignore unknown properties; never trust userId from the body'),
    run: async (stage) => {
      const conferenceId = await stage.conference({ creator: 'somebody else', colour: 'blue' });
      const userEndpointId = await stage.endpoint();
      const body = { conferenceId, userEndpointId, userId: 'somebody else' };
      await stage.caller.need('join', { body });
      const { participants = [], creator } = await stage.read(conferenceId);
      expectEqual('userId of the participant', participants[0]?.userId, creator);
      expectThat('creator', creator !== 'somebody else', 'the user of the token', creator);
    },
  },
  {
    id: 'room-limit',
    sentence: 'The metadata participant_limit, a number as text, is accepted.',
    rule: platform('example collections create rooms with metadata {"participant_limit":"8"}'),
    run: async (stage) => {
      await stage.room({ mode: 'ROUTER', metadata: { participant_limit: '8' } });
    },
  },
]);
