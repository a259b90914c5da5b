import { randomUUID } from 'node:crypto';
import type { PublishStreamResult, ViewStreamResult } from '@parley-rtc/contract';
import { decision, platform, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../stage/expect.ts';
import { anOffer } from '../stage/offers.ts';

/** Publishing, and operations on published streams. */
export const streamChecks: readonly Check[] = group('stream', [
  {
    id: 'publish',
    sentence: 'A stream gets the id in the command and appears in the conference.',
    rule: seed('publishStream', '200 with streamId and sdpAnswer'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const streamId = randomUUID();
      const body = {
        ...about,
        streamId,
        conferenceStreamType: 'MIC_AND_CAM',
        sdpOffer: anOffer('sendonly', 'audio', 'video'),
        metadata: { primary: true, name: null },
        videoBitrate: 300_000,
      };
      const answer = await stage.caller.call<PublishStreamResult>('publishStream', { body });
      expectStatus(answer, 200);
      expectEqual('streamId', answer.body.streamId, streamId);
      expectText('sdpAnswer', answer.body.sdpAnswer);
      const { participants = [] } = await stage.read(conferenceId);
      expectEqual('streams', participants[0]?.streams, [
        { id: streamId, type: 'MIC_AND_CAM', metadata: body.metadata, videoBitrate: 300_000 },
      ]);
    },
  },
  {
    id: 'publish-without-id',
    sentence: 'Without streamId, the server generates one.',
    rule: seed('publishStream', 'streamId: optional; the answer has it'),
    run: async (stage) => {
      const room = await stage.room();
      expectThat('ids', (await stage.publish(room)) !== (await stage.publish(room)), 'two ids', 'one');
    },
  },
  {
    id: 'publish-types',
    sentence: 'MIC, CAM, SCREEN and MIC_AND_CAM can be published at the same time.',
    rule: seed('publishStream', 'conferenceStreamType: MIC, CAM, SCREEN, MIC_AND_CAM'),
    run: async (stage) => {
      const room = await stage.room();
      const types = ['MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM'] as const;
      for (const type of types) await stage.publish(room, type);
      const { participants = [] } = await stage.read(room.conferenceId);
      expectEqual(
        'types',
        participants[0]?.streams?.map(({ type }) => type),
        types,
      );
    },
  },
  {
    id: 'publish-type-unknown',
    sentence: 'The type UNKNOWN is refused with 400.',
    rule: decision(11, 'UNKNOWN: never emit; reject on input'),
    run: async (stage) => {
      const { about } = await stage.room();
      const body = { ...about, conferenceStreamType: 'UNKNOWN', sdpOffer: anOffer('sendonly', 'audio') };
      expectStatus(await stage.caller.call('publishStream', { body }), 400);
    },
  },
  {
    id: 'publish-sendrecv',
    sentence: 'An offer that can also receive is accepted, and the answer does not send.',
    rule: platform('offers of the official iOS client are sendrecv; answer recvonly'),
    run: async (stage) => {
      const { about } = await stage.room();
      const body = { ...about, conferenceStreamType: 'MIC', sdpOffer: anOffer('sendrecv', 'audio') };
      const { sdpAnswer = '' } = await stage.caller.need<PublishStreamResult>('publishStream', { body });
      expectThat('sdpAnswer', /^a=recvonly\r?$/m.test(sdpAnswer), 'a line a=recvonly', sdpAnswer);
    },
  },
  {
    id: 'answer-has-candidates',
    sentence: 'Answers to publishers and viewers contain the server’s ICE candidates.',
    rule: platform('no channel carries server candidates to clients, so the answer must have them'),
    run: async (stage) => {
      const room = await stage.room();
      const body = { ...room.about, conferenceStreamType: 'MIC', sdpOffer: anOffer('sendonly', 'audio') };
      const published = await stage.caller.need<PublishStreamResult>('publishStream', { body });
      const viewed = await stage.caller.need<ViewStreamResult>('viewStream', {
        body: { ...room.about, streamId: published.streamId, sdpOffer: anOffer('recvonly', 'audio') },
      });
      for (const { sdpAnswer = '' } of [published, viewed]) {
        expectThat('sdpAnswer', /^a=candidate:/m.test(sdpAnswer), 'a line a=candidate', sdpAnswer);
      }
    },
  },
  {
    id: 'publish-not-sdp',
    sentence: 'An offer that is not SDP gives 400 and has no effect.',
    rule: seed('publishStream', '400: bad request'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const steps = await stage.stepsOf(conferenceId, async () => {
        const body = { ...about, conferenceStreamType: 'MIC', sdpOffer: 'hello' };
        expectStatus(await stage.caller.call('publishStream', { body }), 400);
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'candidates',
    sentence: "A publisher's candidates are accepted: many, none, and the empty end-of-candidates.",
    rule: decision(34, 'accept empty list and an empty candidate string as end-of-candidates'),
    run: async (stage) => {
      const room = await stage.room();
      const streamId = await stage.publish(room, 'MIC');
      const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 9 typ host';
      const batches = [[], [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }], [{ candidate: '' }]];
      for (const iceCandidates of batches) {
        const body = { ...room.about, streamId, iceCandidates };
        expectStatus(await stage.caller.call('addPublishStreamIceCandidates', { body }), 204);
      }
    },
  },
  {
    id: 'candidates-unknown-stream',
    sentence: 'Candidates for an unknown stream give 404.',
    rule: decision(35, '404 for an unknown stream'),
    run: async (stage) => {
      const { about } = await stage.room();
      const body = { ...about, streamId: randomUUID(), iceCandidates: [] };
      expectStatus(await stage.caller.call('addPublishStreamIceCandidates', { body }), 404);
    },
  },
  {
    id: 'unpublish',
    sentence: 'Unpublishing answers 204 and removes the stream; again gives 404 and no event.',
    rule: decision(33, 'repeated leave, unpublish, end: 404, no event'),
    run: async (stage) => {
      const room = await stage.room();
      const body = { ...room.about, streamId: await stage.publish(room) };
      expectStatus(await stage.caller.call('unpublishStream', { body }), 204);
      expectEqual('streams', (await stage.read(room.conferenceId)).participants?.[0]?.streams, []);
      const steps = await stage.stepsOf(room.conferenceId, async () => {
        expectStatus(await stage.caller.call('unpublishStream', { body }), 404);
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'metadata-replaced',
    sentence: 'New stream metadata replaces the old; nothing is merged.',
    rule: decision(20, 'replace (the name says new)'),
    run: async (stage) => {
      const room = await stage.room();
      const streamId = await stage.publish(room, 'CAM', { metadata: { a: 1, b: [true] } });
      const body = { ...room.about, streamId, newMetadata: { portraitMode: true } };
      expectStatus(await stage.caller.call('updateStreamMetadata', { body }), 204);
      const { participants = [] } = await stage.read(room.conferenceId);
      expectEqual('metadata', participants[0]?.streams?.[0]?.metadata, { portraitMode: true });
    },
  },
  {
    id: 'bitrate',
    sentence: 'The video limit of a stream can be set, and removed with 0.',
    rule: decision(38, 'bits per second, min 30000, 0 = no cap'),
    run: async (stage) => {
      const room = await stage.room();
      const streamId = await stage.publish(room, 'CAM');
      for (const videoBitrate of [300_000, 30_000, 0]) {
        const body = { ...room.about, streamId, videoBitrate };
        expectStatus(await stage.caller.call('updatePublishedStreamBitrate', { body }), 204);
        const { participants = [] } = await stage.read(room.conferenceId);
        expectEqual('videoBitrate', participants[0]?.streams?.[0]?.videoBitrate, videoBitrate);
      }
    },
  },
  {
    id: 'published-again',
    sentence:
      'The same publishStream again gives the same answer and no second stream; another offer gives 400.',
    rule: decision(45, 'a repeated publishStream answers as before'),
    run: async (stage) => {
      const room = await stage.room();
      const streamId = randomUUID();
      const sdpOffer = anOffer('sendonly', 'audio');
      const body = { ...room.about, streamId, conferenceStreamType: 'MIC', sdpOffer };
      const publish = (more: object = {}) =>
        stage.caller.call<PublishStreamResult>('publishStream', { body: { ...body, ...more } });
      const first = await publish();
      expectStatus(first, 200);
      const steps = await stage.stepsOf(room.conferenceId, async () => {
        const second = await publish();
        expectStatus(second, 200);
        expectEqual('sdpAnswer', second.body.sdpAnswer, first.body.sdpAnswer);
        expectStatus(await publish({ sdpOffer: anOffer('sendonly', 'audio') }), 400);
      });
      expectEqual('version steps', steps, 0);
    },
  },
  {
    id: 'bitrate-out-of-range',
    sentence: 'A video limit from 1 to 29999, below 0 or beyond 32 bits gives 400.',
    rule: decision(38, 'bits per second, min 30000, 0 = no cap, int32'),
    run: async (stage) => {
      const room = await stage.room();
      const streamId = await stage.publish(room, 'CAM');
      for (const videoBitrate of [1, 29_999, -1, 2 ** 31, 1.5]) {
        const body = { ...room.about, streamId, videoBitrate };
        expectStatus(await stage.caller.call('updatePublishedStreamBitrate', { body }), 400);
      }
    },
  },
  {
    id: 'bitrate-of-all',
    sentence: 'Without streamId, the limit applies to all video streams of the endpoint.',
    rule: decision(4, 'without streamId apply to all video streams of that endpoint'),
    run: async (stage) => {
      const room = await stage.room();
      for (const type of ['MIC', 'CAM', 'SCREEN'] as const) await stage.publish(room, type);
      const body = { ...room.about, videoBitrate: 60_000 };
      await stage.caller.need('updatePublishedStreamBitrate', { body });
      const { participants = [] } = await stage.read(room.conferenceId);
      const limits = participants[0]?.streams?.map(({ videoBitrate }) => videoBitrate);
      expectEqual('limits of MIC, CAM and SCREEN', limits, [0, 60_000, 60_000]);
    },
  },
  {
    id: 'bitrate-without-video',
    sentence: 'A limit for an endpoint without video streams gives 404.',
    rule: seed('updatePublishedStreamBitrate', '404: not found'),
    run: async (stage) => {
      const { about } = await stage.room();
      const body = { ...about, videoBitrate: 60_000 };
      expectStatus(await stage.caller.call('updatePublishedStreamBitrate', { body }), 404);
    },
  },
]);
