import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup } from 'node-datachannel';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createMediaRouter } from './create-media-router.ts';
import { PacketDump } from './dump/packet-dump.ts';
import { PacketRouter } from './routing/packet-router.ts';
import { eventually } from './testing/eventually.ts';
import { createFakeNetwork } from './testing/fake-rtp-transport.ts';
import { connectEnds } from './testing/media-router-behaviour.ts';
import { readPcapng, type CapturedPacket } from './testing/read-pcapng.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { vp8Text } from './testing/test-packets.ts';
import { videoSender, videoViewer } from './testing/video-ends.ts';
import type { CreateRtpTransport } from './transport/rtp-transport.ts';
import { isRtcp, parseRtpPacket } from './wire/rtp-packet.ts';

const { chromium, firefox } = recordings;
const streamKey = JSON.stringify(['conference', 'stream']);

afterAll(() => cleanup());

/** A folder in which dumps of all peers are asked for. */
function dumpFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'all'), '');
  return folder;
}

/** The captured packets of each file, by a part of the file's name. */
function capturesIn(folder: string): (part: string) => readonly CapturedPacket[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.pcapng'));
  return (part) =>
    names
      .filter((name) => name.includes(part))
      .flatMap((name) => readPcapng(readFileSync(join(folder, name))).packets);
}

/** Texts of the video frames that went in this direction, each once. */
function framesIn(packets: readonly CapturedPacket[], directionFlag: number): ReadonlySet<string> {
  const rtp = packets.filter((packet) => packet.directionFlag === directionFlag && packet.ports[0] === 5004);
  return new Set(rtp.flatMap(({ payload }) => parseRtpPacket(payload) ?? []).map(vp8Text));
}

it('dumps every packet between the router and each peer, and no other', async () => {
  const folder = dumpFolder();
  const dump = new PacketDump({ folder, log: () => {} });
  const network = createFakeNetwork();
  const passed: { in: Buffer[]; out: Buffer[] }[] = [];
  const counting: CreateRtpTransport = (events) => {
    const packets: { in: Buffer[]; out: Buffer[] } = { in: [], out: [] };
    passed.push(packets);
    const transport = network.createTransport({
      ...events,
      onPacket: (packet) => {
        packets.in.push(Buffer.from(packet));
        events.onPacket(packet);
      },
    });
    return {
      open: (remote) => transport.open(remote),
      addCandidate: (candidate) => transport.addCandidate(candidate),
      close: () => transport.close(),
      send: (packet) => {
        const copy = Buffer.from(packet);
        const isSent = transport.send(packet);
        if (isSent) packets.out.push(copy);
        return isSent;
      },
    };
  };
  const router = new PacketRouter({
    createTransport: counting,
    now: () => performance.now(),
    log: () => {},
    dump,
    release: () => dump.close(),
  });
  onTestFinished(() => router.close());
  const [publisher, viewer] = [await network.createPeer(), await network.createPeer()];
  const sdpOffer = withTransport(chromium.publishOffer, publisher.parameters);
  const published = await router.publish({ streamKey, type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 });
  const viewOffer = withTransport(firefox.viewOffer, viewer.parameters);
  const viewed = await router.view({ streamKey, viewerId: 'viewer', sdpOffer: viewOffer });
  await eventually(() => expect(readdirSync(folder)).toHaveLength(3));
  await publisher.accept(transportOf(published.sdpAnswer), () => {});
  await viewer.accept(transportOf(viewed.sdpAnswer), () => {});
  const sender = videoSender(publisher, 0x1111);
  const ssrc = Number(/a=ssrc-group:FID (\d+)/.exec(viewed.sdpAnswer)?.[1]);
  await sender.sendUntilSeen([videoViewer(viewer, ssrc)]);
  sender.send(...Array.from({ length: 50 }, (_, index) => `frame ${index}`));
  await eventually(() => expect(passed[1]?.out.length).toBeGreaterThan(50));
  await router.close();

  const captures = capturesIn(folder);
  for (const [index, part] of ['-publisher-', '-viewer-'].entries()) {
    const packets = captures(part);
    const payloadsOf = (flag: number) =>
      packets.filter(({ directionFlag }) => directionFlag === flag).map(({ payload }) => payload);
    expect(payloadsOf(1)).toEqual(passed[index]?.in);
    expect(payloadsOf(2)).toEqual(passed[index]?.out);
    for (const { payload, ports } of packets) expect(ports[0]).toBe(isRtcp(payload) ? 5005 : 5004);
  }
});

it.each([1, 2])(
  'dumps decrypted media with %d media process(es), and has written it when the router is closed',
  async (processes) => {
    const folder = dumpFolder();
    const toClose: (() => unknown)[] = [];
    const router = createMediaRouter({ bindAddress: '127.0.0.1', processes, packetDumpDir: folder });
    onTestFinished(async () => {
      for (const close of toClose.toReversed()) await close();
      await router.close();
    });
    const { publish, view } = connectEnds(router, toClose);
    for (const key of ['one', 'two']) {
      const publisher = await publish(key);
      const viewer = await view(key, 'viewer');
      await publisher.sendUntilSeen([viewer]);
      publisher.send(`frame of ${key}`);
      await eventually(() => expect(viewer.texts().at(-1)).toBe(`frame of ${key}`));
    }
    await router.close();

    const captures = capturesIn(folder);
    for (const key of ['one', 'two']) {
      const text = `frame of ${key}`;
      const files = readdirSync(folder).filter((name) => name.startsWith(key));
      const publisher = files.find((name) => name.includes('-publisher-')) ?? '';
      const viewer = files.find((name) => name.includes('-viewer-')) ?? '';
      expect(files).toHaveLength(2);
      expect(framesIn(captures(publisher), 1)).toContain(text);
      expect(framesIn(captures(viewer), 2)).toContain(text);
      expect(framesIn(captures(viewer), 1).size).toBe(0);
    }
  },
  40_000,
);
