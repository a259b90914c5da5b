import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { eventually } from '../testing/eventually.ts';
import { readPcapng } from '../testing/read-pcapng.ts';
import { rtpBytes } from '../testing/test-packets.ts';
import type { CreateRtpTransport, RtpTransport, RtpTransportEvents } from '../transport/rtp-transport.ts';
import { PacketDump, type DumpedPeer, type PacketDumpOptions } from './packet-dump.ts';

const streamKey = JSON.stringify(['c-1', 's-1']);

function packetOf(sequenceNumber: number): Buffer {
  return rtpBytes({ payloadType: 96, sequenceNumber, payload: Buffer.alloc(100) });
}

/** A dump in a folder of its own, which holds `requests` from the start, and transports that go nowhere. */
function setUp(requests: readonly string[], options: Partial<PacketDumpOptions> = {}) {
  const folder = join(temporaryFolder(), 'dumps');
  mkdirSync(folder);
  const ask = (name: string) => writeFileSync(join(folder, name), '');
  requests.forEach(ask);
  const log = vi.fn<PacketDumpOptions['log']>();
  const dump = new PacketDump({ folder, log, intervalMs: 5, ...options });
  onTestFinished(() => dump.close());
  const connect = (peer: DumpedPeer): { events: RtpTransportEvents; transport: RtpTransport } => {
    const taken: RtpTransportEvents[] = [];
    const create: CreateRtpTransport = (events) => {
      taken.push(events);
      return {
        open: () => Promise.reject(new Error('goes nowhere')),
        addCandidate: () => {},
        send: (packet) => packet.length > 0,
        close: () => {},
      };
    };
    const transport = dump.tap(create, peer)({ onPacket: () => {}, onStateChange: () => {} });
    const [events] = taken;
    if (!events) throw new Error('No transport was made.');
    return { events, transport };
  };
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.pcapng'));
  const capture = (name = files()[0] ?? '') => readPcapng(readFileSync(join(folder, name)));
  const messages = () => log.mock.calls.map(([, message]) => message);
  return { folder, ask, dump, connect, files, capture, log, messages };
}

it('writes what a requested peer sends and receives, in order and on the wall clock, for its owner only', async () => {
  const { folder, dump, connect, files, capture, messages } = setUp(['s-1']);
  const before = Date.now();
  const { events, transport } = connect({ streamKey });
  await eventually(() => expect(files()).toHaveLength(1));
  const reused = packetOf(1);
  events.onPacket(reused);
  reused.fill(0);
  expect(transport.send(packetOf(2))).toBe(true);
  expect(transport.send(Buffer.alloc(0))).toBe(false);
  transport.close();
  await dump.close();

  const [name = ''] = files();
  expect(name).toMatch(/^c-1-s-1-publisher-\d{8}T\d{9}Z\.pcapng$/);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const { comment, packets } = capture();
  expect(comment).toContain(streamKey);
  expect(packets.map(({ directionFlag, payload }) => [directionFlag, payload])).toEqual([
    [1, packetOf(1)],
    [2, packetOf(2)],
  ]);
  for (const { timeMs } of packets) {
    expect(timeMs).toBeGreaterThan(before - 50);
    expect(timeMs).toBeLessThan(Date.now() + 50);
  }
  expect(messages()).toContain('Packet dump began: media are written to disk unencrypted');
});

it('begins and ends while a peer is connected, as its request comes and goes', async () => {
  const { folder, ask, connect, files, capture, messages } = setUp([]);
  const { events } = connect({ streamKey, viewerId: 'v-1' });
  events.onPacket(packetOf(1));
  ask('v-1');
  await eventually(() => expect(files()).toHaveLength(1));
  events.onPacket(packetOf(2));
  rmSync(join(folder, 'v-1'));
  await eventually(() => expect(messages().at(-1)).toBe('Packet dump ended'));
  events.onPacket(packetOf(3));
  expect(capture().packets.map(({ payload }) => payload)).toEqual([packetOf(2)]);

  ask('v-1');
  await eventually(() => expect(files()).toHaveLength(2));
});

it.each([
  ['all', ['publisher', 'v-1', 'v-2']],
  ['c-1', ['publisher', 'v-1', 'v-2']],
  ['v-2', ['v-2']],
  ['c-2', []],
])('takes a request for "%s" as one for %j', async (request, expected) => {
  const { ask, connect, files } = setUp([]);
  connect({ streamKey });
  connect({ streamKey, viewerId: 'v-1' });
  connect({ streamKey, viewerId: 'v-2' });
  connect({ streamKey: 'sentinel' });
  ask(request);
  ask('sentinel');
  await eventually(() => expect(files().some((name) => name.startsWith('sentinel'))).toBe(true));
  const dumped = files().flatMap((name) => /^c-1-s-1-(.+)-\w+\.pcapng$/.exec(name)?.[1] ?? []);
  expect(dumped.toSorted()).toEqual(expected);
});

it('ends a file before it grows beyond its limit, and says so once', async () => {
  const { folder, connect, files, capture, log, messages } = setUp(['all'], { maxFileBytes: 2_000 });
  const { events } = connect({ streamKey });
  await eventually(() => expect(files()).toHaveLength(1));
  for (let number = 0; number < 100; number += 1) events.onPacket(packetOf(number));
  await eventually(() => expect(messages().at(-1)).toBe('Packet dump ended'));
  const [name = ''] = files();
  const { size } = statSync(join(folder, name));
  expect(size).toBeLessThanOrEqual(2_000);
  const { packets } = capture();
  expect(packets.length).toBeGreaterThan(5);
  expect(log.mock.lastCall?.[2]).toMatchObject({ packets: packets.length, bytes: size, isFull: true });
  const calls = log.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(log.mock.calls).toHaveLength(calls);
  expect(files()).toHaveLength(1);
});

it('opens no more files than the folder may hold, those of earlier dumps included', async () => {
  const { folder, connect, files, messages } = setUp(['all', 'earlier.pcapng'], { maxFiles: 2 });
  connect({ streamKey, viewerId: 'v-1' });
  connect({ streamKey, viewerId: 'v-2' });
  const refusal = 'No further packet is dumped: the folder is full, remove some files';
  await eventually(() => expect(messages()).toContain(refusal));
  expect(files()).toHaveLength(2);
  expect(messages().filter((message) => message === refusal)).toHaveLength(1);
  rmSync(join(folder, 'earlier.pcapng'));
  await eventually(() => expect(files()).toHaveLength(2));
});

it('counts the files of other media processes that dump into the same folder', async () => {
  const one = setUp(['all'], { maxFiles: 2, intervalMs: 60_000 });
  const other = new PacketDump({
    folder: one.folder,
    log: vi.fn<PacketDumpOptions['log']>(),
    maxFiles: 2,
    intervalMs: 60_000,
  });
  onTestFinished(() => other.close());
  one.connect({ streamKey, viewerId: 'v-1' });
  one.connect({ streamKey, viewerId: 'v-2' });
  const idle = { open: () => Promise.reject(new Error('goes nowhere')), addCandidate: () => {} };
  const create: CreateRtpTransport = () => ({ ...idle, send: () => true, close: () => {} });
  other.tap(create, { streamKey, viewerId: 'v-3' })({ onPacket: () => {}, onStateChange: () => {} });
  expect(one.files()).toHaveLength(2);
});

it('keeps names of any characters inside the folder', async () => {
  const { folder, connect, files } = setUp(['all']);
  connect({ streamKey: JSON.stringify(['../../etc', 'ä/\u0000']), viewerId: '../'.repeat(100) });
  await eventually(() => expect(files()).toHaveLength(1));
  expect(readdirSync(join(folder, '..'))).toEqual(['dumps']);
  expect(files()[0]).not.toContain('/');
});

it('logs why a file cannot be written, and the peer goes on', async () => {
  const { folder, connect, files, log } = setUp(['all'], { intervalMs: 60_000 });
  connect({ streamKey });
  await eventually(() => expect(files()).toHaveLength(1));
  rmSync(folder, { recursive: true });
  const { events, transport } = connect({ streamKey, viewerId: 'v-1' });
  expect(log.mock.lastCall?.[0]).toBe('error');
  expect(log.mock.lastCall?.[2]).toMatchObject({ err: { code: 'ENOENT' } });
  events.onPacket(packetOf(1));
  expect(transport.send(packetOf(2))).toBe(true);
  expect(log.mock.calls.filter(([level]) => level === 'error')).toHaveLength(1);
});
