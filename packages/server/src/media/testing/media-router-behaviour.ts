import { afterEach, describe, expect, it } from 'vitest';
import type { LostPeer, MediaRouter } from '../media-router.ts';
import { eventually } from './eventually.ts';
import { createNativeRawPeer } from './native-raw-peer.ts';
import recordings from './recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './test-offers.ts';
import { videoSender, videoViewer, type VideoSender, type VideoViewer } from './video-ends.ts';

const { chromium, firefox } = recordings;

/** Peers with real ICE, DTLS and SRTP, connected to a router; closed with the test. */
export interface RouterEnds {
  readonly lost: readonly LostPeer[];
  /** The SDP answers of the router. */
  readonly answers: readonly string[];
  readonly publish: (streamKey: string, ssrc?: number) => Promise<VideoSender>;
  readonly view: (streamKey: string, viewerId: string) => Promise<VideoViewer>;
  /** Views with a different certificate than announced, which closes the connection immediately. */
  readonly viewAsImpostor: (streamKey: string, viewerId: string) => Promise<void>;
}

/** Connects peers to `router`; close everything that it adds to `toClose`. */
export function connectEnds(router: MediaRouter, toClose: (() => unknown)[], address?: string): RouterEnds {
  const lost: LostPeer[] = [];
  const answers: string[] = [];
  router.onPeerLost((peer) => lost.push(peer));
  const createPeer = async () => {
    const peer = await createNativeRawPeer(address);
    toClose.push(() => peer.close());
    return peer;
  };
  return {
    lost,
    answers,
    async publish(streamKey, ssrc = 0x1111) {
      const peer = await createPeer();
      const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
      const answer = await router.publish({ streamKey, type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 });
      answers.push(answer.sdpAnswer);
      await peer.accept(transportOf(answer.sdpAnswer), (candidate) =>
        router.addPublishCandidates(streamKey, [{ candidate }]),
      );
      return videoSender(peer, ssrc);
    },
    async view(streamKey, viewerId) {
      const peer = await createPeer();
      const sdpOffer = withTransport(firefox.viewOffer, peer.parameters);
      const { sdpAnswer } = await router.view({ streamKey, viewerId, sdpOffer });
      answers.push(sdpAnswer);
      await peer.accept(transportOf(sdpAnswer), (candidate) =>
        router.addViewCandidates(streamKey, viewerId, [{ candidate }]),
      );
      return videoViewer(peer, Number(/a=ssrc-group:FID (\d+)/.exec(sdpAnswer)?.[1]));
    },
    async viewAsImpostor(streamKey, viewerId) {
      const peer = await createPeer();
      const { algorithm, value } = peer.parameters.fingerprint;
      const fingerprint = { algorithm, value: value.replaceAll(/[0-7]/g, '8') };
      const sdpOffer = withTransport(firefox.viewOffer, { ...peer.parameters, fingerprint });
      const { sdpAnswer } = await router.view({ streamKey, viewerId, sdpOffer });
      void peer.accept(transportOf(sdpAnswer), (candidate) =>
        router.addViewCandidates(streamKey, viewerId, [{ candidate }]),
      );
    },
  };
}

/** The behavior of every media router on this machine, whatever its number of processes. */
export function describeMediaRouter(name: string, create: () => MediaRouter): void {
  describe(`MediaRouter (${name})`, () => {
    const toClose: (() => unknown)[] = [];
    afterEach(async () => {
      for (const close of toClose.splice(0).toReversed()) await close();
    });
    function setUp() {
      const router = create();
      toClose.push(() => router.close());
      return { router, ...connectEnds(router, toClose) };
    }

    it('forwards the packets of each stream to its viewers, and counts them', async () => {
      const { router, publish, view } = setUp();
      for (const streamKey of ['a', 'b', 'c']) {
        const publisher = await publish(streamKey);
        const viewers = [await view(streamKey, 'one'), await view(streamKey, 'two')];
        await publisher.sendUntilSeen(viewers);
        publisher.send(`of ${streamKey}`);
        for (const viewer of viewers) {
          await eventually(() => expect(viewer.texts().at(-1)).toBe(`of ${streamKey}`));
        }
      }
      const facts = await router.facts();
      expect(facts.map(({ streamKey, viewerId = '' }) => streamKey + viewerId).toSorted()).toEqual(
        ['a', 'b', 'c'].flatMap((key) => [key, `${key}one`, `${key}two`]),
      );
    });

    it('forgets an unpublished stream, and accepts its key again', async () => {
      const { router, publish, view, lost } = setUp();
      await publish('a');
      await view('a', 'one');
      router.unpublish('a');
      router.unpublish('a');
      expect(() => router.addPublishCandidates('a', [])).toThrow(
        expect.objectContaining({ code: 'unknown_stream' }),
      );
      expect(await router.facts()).toEqual([]);
      const publisher = await publish('a', 0x2222);
      await publisher.sendUntilSeen([await view('a', 'one')]);
      expect(lost).toEqual([]);
    });

    it('reports peers that fail to connect, and keeps the others', async () => {
      const { publish, view, viewAsImpostor, lost } = setUp();
      const publisher = await publish('a');
      const viewer = await view('a', 'one');
      await viewAsImpostor('a', 'two');
      await eventually(() => expect(lost).toEqual([{ streamKey: 'a', viewerId: 'two' }]));
      await publisher.sendUntilSeen([viewer]);
    });

    it('refuses impossible requests with their error codes', async () => {
      const { router, publish } = setUp();
      const sdpOffer = chromium.viewOffer;
      const bad = { streamKey: 'bad', type: 'CAM', sdpOffer: 'v=0', videoBitrateBps: 0 } as const;
      await expect(router.publish(bad)).rejects.toMatchObject({ name: 'MediaError', code: 'bad_offer' });
      await expect(router.view({ streamKey: 'bad', viewerId: 'v', sdpOffer })).rejects.toMatchObject({
        code: 'unknown_stream',
      });
      expect(() => router.setVideoBitrate('bad', 1)).toThrow(
        expect.objectContaining({ code: 'unknown_stream' }),
      );
      router.setMuted('bad', ['audio']);
      await publish('a');
      router.setMuted('a', ['audio', 'video']);
      expect(() => router.addViewCandidates('a', 'nobody', [])).toThrow(
        expect.objectContaining({ code: 'unknown_view' }),
      );
      expect(() => router.setViewedVideo('a', 'nobody', {})).toThrow(
        expect.objectContaining({ code: 'unknown_view' }),
      );
      router.stopView('a', 'nobody');
    });
  });
}
