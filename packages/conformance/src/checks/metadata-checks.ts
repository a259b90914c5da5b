import { decision, platform, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus } from '../stage/expect.ts';
import type { Room, Stage } from '../stage/stage.ts';

function update({ caller }: Stage, { about }: Room, body: object) {
  return caller.call('updateMetadata', { body: { ...about, ...body } });
}

/** The conference's metadata. */
export const metadataChecks: readonly Check[] = group('metadata', [
  {
    id: 'set-and-remove',
    sentence: 'An entry can be set, changed and removed, each with 204.',
    rule: seed('updateMetadata', 'operation SET or REMOVE of a key; 204'),
    run: async (stage) => {
      const room = await stage.room();
      const value = async () => (await stage.read(room.conferenceId)).metadata?.['key']?.value;
      expectStatus(await update(stage, room, { operation: 'SET', key: 'key', value: 'one' }), 204);
      expectEqual('value', await value(), 'one');
      expectStatus(await update(stage, room, { operation: 'SET', key: 'key', value: 'two' }), 204);
      expectEqual('value', await value(), 'two');
      expectStatus(await update(stage, room, { operation: 'REMOVE', key: 'key' }), 204);
      expectEqual('value', await value(), undefined);
    },
  },
  {
    id: 'author',
    sentence: 'An entry names the user and the endpoint that set it.',
    rule: seed('Conference', 'metadata entries have value, userId, userEndpointId and lastModified'),
    run: async (stage) => {
      const room = await stage.room();
      await update(stage, room, { operation: 'SET', key: 'key', value: 'one' });
      const { metadata, participants = [] } = await stage.read(room.conferenceId);
      expectEqual('userEndpointId', metadata?.['key']?.userEndpointId, room.userEndpointId);
      expectEqual('userId', metadata?.['key']?.userId, participants[0]?.userId);
    },
  },
  {
    id: 'set-without-value',
    sentence: 'SET without a value gives 400.',
    rule: decision(6, '400 for SET without value and for UNKNOWN'),
    run: async (stage) => {
      const room = await stage.room();
      expectStatus(await update(stage, room, { operation: 'SET', key: 'key' }), 400);
    },
  },
  {
    id: 'unknown-operation',
    sentence: 'The operation UNKNOWN and an undefined one give 400.',
    rule: decision(6, '400 for SET without value and for UNKNOWN'),
    run: async (stage) => {
      const room = await stage.room();
      for (const operation of ['UNKNOWN', 'TOGGLE']) {
        expectStatus(await update(stage, room, { operation, key: 'key', value: 'one' }), 400);
      }
    },
  },
  {
    id: 'remove-missing',
    sentence: 'Removing a missing key gives 204, without event or version step.',
    rule: decision(6, 'REMOVE of a missing key = 204, no event, no version step'),
    run: async (stage) => {
      const room = await stage.room();
      const steps = await stage.stepsOf(room.conferenceId, async () => {
        expectStatus(await update(stage, room, { operation: 'REMOVE', key: 'nothing' }), 204);
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'mute',
    sentence: 'The mute keys of official clients work: SET "true", then REMOVE with an ignored value.',
    rule: platform('mute is TRACK_MUTED/<audio|video>/<streamId>; unmute sends REMOVE with value "false"'),
    run: async (stage) => {
      const room = await stage.room();
      const key = `TRACK_MUTED/audio/${await stage.publish(room, 'MIC')}`;
      const keys = async () => Object.keys((await stage.read(room.conferenceId)).metadata ?? {});
      expectStatus(await update(stage, room, { operation: 'SET', key, value: 'true' }), 204);
      expectEqual('keys', await keys(), [key]);
      expectStatus(await update(stage, room, { operation: 'REMOVE', key, value: 'false' }), 204);
      expectEqual('keys', await keys(), []);
    },
  },
  {
    id: 'odd-keys',
    sentence: 'Keys may be any text, including names of object properties.',
    rule: decision(17, 'real values are any JSON; store any JSON'),
    run: async (stage) => {
      const room = await stage.room();
      for (const key of ['constructor', 'with space/und ümlaut', '{"a":1}']) {
        await update(stage, room, { operation: 'SET', key, value: 'here' });
        const { metadata = {} } = await stage.read(room.conferenceId);
        expectEqual(
          `value of ${key}`,
          Object.entries(metadata).find(([name]) => name === key)?.[1].value,
          'here',
        );
      }
    },
  },
]);
