import { decision } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus } from '../stage/expect.ts';

/** Metadata keys with a fixed meaning: who may write them, and what happens to them. */
export const conventionChecks: readonly Check[] = group('convention', [
  {
    id: 'muted-stream-ends',
    sentence: 'The mute entries of a stream go when it is unpublished; other entries stay.',
    rule: decision(44, 'TRACK_MUTED entries are removed with their stream, each with an event'),
    run: async (stage) => {
      const room = await stage.room();
      const [one, other] = [await stage.publish(room, 'MIC'), await stage.publish(room, 'MIC')];
      const keys = [`TRACK_MUTED/audio/${one}`, `TRACK_MUTED/audio/${other}`, 'topic'];
      for (const key of keys) {
        const body = { ...room.about, operation: 'SET', key, value: 'true' };
        expectStatus(await stage.caller.call('updateMetadata', { body }), 204);
      }
      expectStatus(
        await stage.caller.call('unpublishStream', { body: { ...room.about, streamId: one } }),
        204,
      );
      const { metadata = {} } = await stage.read(room.conferenceId);
      expectEqual('keys', Object.keys(metadata).toSorted(), keys.slice(1).toSorted());
    },
  },
  {
    id: 'muted-before-publishing',
    sentence: 'A stream can be muted before it is published; the entry goes when its author leaves.',
    rule: decision(44, 'an entry without a stream belongs to its author'),
    run: async (stage) => {
      const room = await stage.room();
      const key = 'TRACK_MUTED/audio/not-yet';
      const body = { ...room.about, operation: 'SET', key, value: 'true' };
      expectStatus(await stage.caller.call('updateMetadata', { body }), 204);
      expectEqual('keys', Object.keys((await stage.read(room.conferenceId)).metadata ?? {}), [key]);
      expectStatus(await stage.caller.call('leave', { body: room.about }), 204);
      expectEqual('keys', Object.keys((await stage.read(room.conferenceId)).metadata ?? {}), []);
    },
  },
  {
    id: 'moderator-keys',
    sentence: "The creator may hold the conference and resume it, and mute another participant's stream.",
    rule: decision(44, 'the creator and moderators'),
    run: async (stage) => {
      const room = await stage.room();
      const other = await stage.enter(room.conferenceId);
      const streamId = await stage.publish(other, 'MIC');
      const write = async (operation: 'SET' | 'REMOVE', key: string) => {
        const body = { ...room.about, operation, key, value: '8' };
        expectStatus(await stage.caller.call('updateMetadata', { body }), 204);
      };
      for (const key of ['ON_HOLD', 'RECORDER', 'participant_limit']) {
        await write('SET', key);
        await write('REMOVE', key);
      }
      // Whether somebody else than the publisher may unmute, servers decide differently.
      await write('SET', `TRACK_MUTED/audio/${streamId}`);
    },
  },
]);
