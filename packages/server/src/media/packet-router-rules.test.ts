import { describe, expect, it, vi } from 'vitest';
import { MediaError, type LostPeer, type PublishRequest } from './media-router.ts';
import { eventually } from './testing/eventually.ts';
import type { RawPeer } from './testing/raw-peer.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { testRouter } from './testing/test-router.ts';
import { videoSender, videoViewer } from './testing/video-ends.ts';
import { TransportSetupError } from './transport/rtp-transport.ts';
import { parseRtcp } from './wire/parse-rtcp.ts';
import { isRtcp } from './wire/rtp-packet.ts';

/** Peers of the fake network have no candidates. */
const noTrickle = () => {};

const { chromium, firefox } = recordings;
const streamKey = 'stream';

vi.setConfig({ testTimeout: 30_000 });

function publishRequest(peer: RawPeer): PublishRequest {
  return {
    streamKey,
    type: 'MIC_AND_CAM',
    sdpOffer: withTransport(chromium.publishOffer, peer.parameters),
    videoBitrateBps: 0,
  };
}

function setUpOverFakes() {
  const release = vi.fn<() => void>();
  const log = vi.fn<(level: string, message: string, fields: object) => void>();
  return { ...testRouter({ log, release }), release, log };
}

describe('PacketRouter', () => {
  it('reports lost peers, and accepts the returning publisher', async () => {
    const { network, router } = setUpOverFakes();
    const lost: LostPeer[] = [];
    const stop = router.onPeerLost((peer) => lost.push(peer));
    const [publisher, viewer] = [await network.createPeer(), await network.createPeer()];
    const answer = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(answer.sdpAnswer), noTrickle);
    const sdpOffer = withTransport(chromium.viewOffer, viewer.parameters);
    await router.view({ streamKey, viewerId: 'v', sdpOffer });
    viewer.close();
    publisher.close();
    await eventually(() => expect(lost).toEqual([{ streamKey, viewerId: 'v' }, { streamKey }]));
    await expect(router.publish(publishRequest(await network.createPeer()))).resolves.toBeDefined();
    stop();
    await router.close();
  });

  it('calls every listener although one throws, and logs the error with the lost peer', async () => {
    const { network, router, log } = setUpOverFakes();
    const error = new Error('broken listener');
    const lost: LostPeer[] = [];
    router.onPeerLost(() => {
      throw error;
    });
    router.onPeerLost((peer) => lost.push(peer));
    const publisher = await network.createPeer();
    const answer = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(answer.sdpAnswer), noTrickle);
    publisher.close();
    await eventually(() => expect(lost).toEqual([{ streamKey }]));
    expect(log).toHaveBeenCalledWith('error', 'A listener of the media router failed', { err: error });
    expect(log).toHaveBeenCalledWith('debug', 'The listener failed for', { streamKey });
    await router.close();
  });

  it('is overloaded, and keeps its peers, when the machine has no sockets left', async () => {
    const { network, router, log } = setUpOverFakes();
    const publisher = await network.createPeer();
    const answer = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(answer.sdpAnswer), noTrickle);
    const cause = new TransportSetupError('Too many open files');
    network.refuseTransports(cause);
    const viewer = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, viewer.parameters);
    const refusals = [
      router.view({ streamKey, viewerId: 'v', sdpOffer }),
      router.publish({ ...publishRequest(viewer), streamKey: 'another' }),
    ];
    for (const refusal of refusals)
      await expect(refusal).rejects.toMatchObject({ code: 'overloaded', cause });
    expect(log).toHaveBeenCalledWith('warn', expect.stringContaining('LimitNOFILE'), { err: cause });
    network.refuseTransports(undefined);
    await router.view({ streamKey, viewerId: 'v', sdpOffer });
    expect(await router.facts()).toHaveLength(2);
    await router.close();
  });

  it('distinguishes existing from unknown streams and views', async () => {
    const { network, router } = setUpOverFakes();
    const peer = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, peer.parameters);
    const unknownStream = expect.objectContaining({ code: 'unknown_stream' });
    await expect(router.view({ streamKey, viewerId: 'v', sdpOffer })).rejects.toEqual(unknownStream);
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    expect(() => router.setVideoBitrate(streamKey, 1)).toThrow(MediaError);
    router.unpublish(streamKey);
    router.stopView(streamKey, 'v');

    await router.publish(publishRequest(peer));
    router.addPublishCandidates(streamKey, []);
    router.addPublishCandidates(streamKey, [
      { candidate: '' },
      { candidate: null, sdpMid: null },
      { candidate: 'candidate:1 1 udp 5 127.0.0.1 5000 typ host', sdpMid: '0' },
    ]);
    expect(network.candidates).toEqual(['candidate:1 1 UDP 5 127.0.0.1 5000 typ host']);
    expect(() => router.addViewCandidates(streamKey, 'v', [])).toThrow(
      expect.objectContaining({ code: 'unknown_view' }),
    );
    router.unpublish(streamKey);
    await expect(router.view({ streamKey, viewerId: 'v', sdpOffer })).rejects.toEqual(unknownStream);
    await router.close();
  });

  it('keeps a stream whose republishing fails, but not one whose first publishing fails', async () => {
    const { network, router } = setUpOverFakes();
    const request = publishRequest(await network.createPeer());
    const badOffer = expect.objectContaining({ code: 'bad_offer' });
    await expect(router.publish({ ...request, sdpOffer: 'v=0' })).rejects.toEqual(badOffer);
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    await router.publish(request);
    await expect(router.publish({ ...request, sdpOffer: 'v=0' })).rejects.toEqual(badOffer);
    router.addPublishCandidates(streamKey, []);
    await router.close();
  });

  it('does not restore a stream that is unpublished while being published', async () => {
    const { network, router } = setUpOverFakes();
    const publishing = router.publish(publishRequest(await network.createPeer()));
    router.unpublish(streamKey);
    await expect(publishing).rejects.toEqual(expect.objectContaining({ code: 'unknown_stream' }));
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    await router.close();
  });

  it('caps video with an estimate, and lifts the cap with a high one', async () => {
    const { network, router } = setUpOverFakes();
    const peer = await network.createPeer();
    const { sdpAnswer } = await router.publish({ ...publishRequest(peer), videoBitrateBps: 500_000 });
    await peer.accept(transportOf(sdpAnswer), noTrickle);
    const publisher = videoSender(peer, 0x1111);
    const caps = () =>
      peer.received
        .filter(isRtcp)
        .flatMap(parseRtcp)
        .flatMap((message) => (message.type === 'bandwidth-estimate' ? [message.bitrateBps] : []));
    publisher.sendKeyFrame();
    await eventually(() => expect(caps().at(-1)).toBeGreaterThanOrEqual(500_000));
    expect(caps().at(-1)).toBeLessThan(600_000);
    router.setVideoBitrate(streamKey, 0);
    await eventually(() => expect(caps().at(-1)).toBeGreaterThan(10_000_000));
    await router.close();
  });

  it('releases shared resources once, when it closes', async () => {
    const { router, release, network } = setUpOverFakes();
    await router.publish(publishRequest(await network.createPeer()));
    await router.close();
    await router.close();
    expect(release).toHaveBeenCalledOnce();
    await expect(router.publish(publishRequest(await network.createPeer()))).rejects.toThrow(MediaError);
  });

  it('survives 20,000 mangled packets from a publisher and from a viewer', async () => {
    const { network, router } = setUpOverFakes();
    const [publisher, viewer] = [await network.createPeer(), await network.createPeer()];
    const published = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(published.sdpAnswer), noTrickle);
    const viewed = await router.view({
      streamKey,
      viewerId: 'v',
      sdpOffer: withTransport(firefox.viewOffer, viewer.parameters),
    });
    await viewer.accept(transportOf(viewed.sdpAnswer), noTrickle);

    let state = 42;
    const random = (end: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % end;
    };
    const samples = [chromium, firefox]
      .flatMap(({ packets }) => Object.values(packets).flat())
      .map((hex) => Buffer.from(hex, 'hex'));
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(samples[random(samples.length)] ?? '');
      for (let change = random(8); change > 0; change -= 1) bytes[random(bytes.length)] = random(256);
      const packet = random(4) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes;
      (random(2) === 0 ? publisher : viewer).send(packet);
    }
    const sender = videoSender(publisher, 0x7777);
    const receiver = videoViewer(viewer, Number(/a=ssrc-group:FID (\d+)/.exec(viewed.sdpAnswer)?.[1]));
    await eventually(() => {
      sender.sendKeyFrame();
      expect(receiver.texts()).toContain('key');
    });
    await router.close();
  });
});
