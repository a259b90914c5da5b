import { setTimeout as pause } from 'node:timers/promises';
import type { PublishStreamResult, ViewStreamResult } from '@parley-rtc/contract';
import type { MediaPeer } from '../media/media-peers.ts';
import { platform, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectThat } from '../stage/expect.ts';
import type { Room, Stage } from '../stage/stage.ts';

const packetIntervalMs = 20;
const timeoutMs = 10_000;

async function publish(stage: Stage, { about }: Room): Promise<{ peer: MediaPeer; streamId: string }> {
  const peer = await stage.media.publisher();
  const { sdpAnswer = '', streamId = '' } = await stage.caller.need<PublishStreamResult>('publishStream', {
    body: { ...about, conferenceStreamType: 'MIC', sdpOffer: peer.offer },
  });
  await peer.connect(sdpAnswer);
  return { peer, streamId };
}

async function view(stage: Stage, { about }: Room, streamId: string): Promise<MediaPeer> {
  const peer = await stage.media.viewer();
  const { sdpAnswer = '' } = await stage.caller.need<ViewStreamResult>('viewStream', {
    body: { ...about, streamId, sdpOffer: peer.offer },
  });
  await peer.connect(sdpAnswer);
  return peer;
}

/** Sends packets until the viewer has this many of them or time runs out; returns those that arrived. */
async function sendUntil(publisher: MediaPeer, viewer: MediaPeer, count: number): Promise<readonly string[]> {
  const before = viewer.received.length;
  const endsAt = performance.now() + timeoutMs;
  for (let number = 0; viewer.received.length < before + count && performance.now() < endsAt; number += 1) {
    publisher.send(Buffer.from(`packet ${number}`));
    await pause(packetIntervalMs);
  }
  return viewer.received.slice(before).map((payload) => Buffer.from(payload).toString());
}

/** Media over real peer connections: ICE, DTLS, SRTP and packets. */
export const mediaChecks: readonly Check[] = group('media', [
  {
    id: 'publish-and-view',
    sentence: 'A publisher and two viewers connect, and the viewers receive its packets unchanged.',
    rule: seed('publishStream, viewStream', 'offer and answer set up the media of a stream'),
    needs: ['media'],
    run: async (stage) => {
      const room = await stage.room();
      const { peer, streamId } = await publish(stage, room);
      const viewerRoom = await stage.enter(room.conferenceId);
      const viewers = [await view(stage, viewerRoom, streamId), await view(stage, viewerRoom, streamId)];
      for (const viewer of viewers) {
        const payloads = await sendUntil(peer, viewer, 10);
        expectThat(
          'packets at the viewer',
          payloads.length >= 10 && payloads.every((payload) => payload.startsWith('packet ')),
          'ten of the packets that were sent',
          payloads,
        );
      }
      for (const open of [peer, ...viewers]) open.close();
    },
  },
  {
    id: 'stop-view',
    sentence: 'After a stream is unpublished, its viewers receive nothing more.',
    rule: platform('an unpublished stream is closed for all viewers'),
    needs: ['media'],
    run: async (stage) => {
      const room = await stage.room();
      const { peer, streamId } = await publish(stage, room);
      const viewer = await view(stage, await stage.enter(room.conferenceId), streamId);
      await sendUntil(peer, viewer, 3);
      await stage.caller.need('unpublishStream', { body: { ...room.about, streamId } });
      const before = viewer.received.length;
      for (let number = 0; number < 10; number += 1) {
        peer.send(Buffer.from('late'));
        await pause(packetIntervalMs);
      }
      const late = viewer.received
        .slice(before)
        .filter((payload) => Buffer.from(payload).toString() === 'late');
      expectThat('packets after the end', late.length === 0, 'none', late.length);
      peer.close();
      viewer.close();
    },
  },
]);
