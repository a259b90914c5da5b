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
      const mute = `TRACK_MUTED/audio/${await stage.publish(other, 'MIC')}`;
      const keys = ['ON_HOLD', 'RECORDER', 'participant_limit'];
      for (const key of [...keys, mute]) {
        const body = { ...room.about, operation: 'SET', key, value: '8' };
        expectStatus(await stage.caller.call('updateMetadata', { body }), 204);
      }
      for (const key of keys) {
        const body = { ...room.about, operation: 'REMOVE', key };
        expectStatus(await stage.caller.call('updateMetadata', { body }), 204);
      }
      expectEqual('keys', Object.keys((await stage.read(room.conferenceId)).metadata ?? {}), [mute]);
    },
  },
  {
    id: 'unmute-by-publisher',
    sentence: 'Nobody but its publisher unmutes a stream that the creator muted.',
    rule: decision(44, '403 for everyone but the publisher who would unmute a stream'),
    run: async (stage) => {
      const room = await stage.room();
      const other = await stage.enter(room.conferenceId);
      const key = `TRACK_MUTED/audio/${await stage.publish(other, 'MIC')}`;
      const write = (about: object, operation: string) =>
        stage.caller.call('updateMetadata', { body: { ...about, operation, key, value: 'true' } });
      expectStatus(await write(room.about, 'SET'), 204);
      expectStatus(await write(room.about, 'REMOVE'), 403);
      expectStatus(await write(other.about, 'REMOVE'), 204);
    },
  },
]);
