import { cleanup } from 'node-datachannel';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ensureNativeTransport } from '../../../native/build.ts';
import { loadPacketEngine } from '../native-transport/native-addon.ts';
import { NativeSocket } from '../native-transport/native-socket.ts';
import { NativeTransport } from '../native-transport/native-transport.ts';
import { eventually } from '../testing/eventually.ts';
import { createFakeNetwork } from '../testing/fake-rtp-transport.ts';
import { createNativeRawPeer } from '../testing/native-raw-peer.ts';
import type { RawPeer } from '../testing/raw-peer.ts';
import { rtpBytes } from '../testing/test-packets.ts';
import { NodeDatachannelTransport, type NodeDatachannelOptions } from './node-datachannel-transport.ts';
import type {
  CreateRtpTransport,
  RemoteTransportParameters,
  RtpTransport,
  RtpTransportState,
} from './rtp-transport.ts';

vi.setConfig({ testTimeout: 30_000 });

interface Setup {
  readonly createTransport: CreateRtpTransport;
  readonly createPeer: () => Promise<RawPeer>;
}

/** The native transport runs on Linux only. */
const isLinux = process.platform === 'linux';

const native: readonly [string, () => Setup] = [
  'native',
  () => ({
    createTransport: nativeTransports({ bindAddress: '127.0.0.1' }),
    createPeer: () => createNativeRawPeer(),
  }),
];

const setups: readonly (readonly [string, () => Setup])[] = [
  ['fake', createFakeNetwork],
  [
    'node-datachannel',
    () => ({
      createTransport: (events) => new NodeDatachannelTransport({ bindAddress: '127.0.0.1' }, events),
      createPeer: () => createNativeRawPeer(),
    }),
  ],
  ...(isLinux ? [native] : []),
];

const sockets: NativeSocket[] = [];

type Options = Pick<NodeDatachannelOptions, 'bindAddress' | 'udpPort' | 'dtlsDeadlineMs'>;

/** Transports on one socket. */
function nativeTransports(options: Options): CreateRtpTransport {
  const socket = new NativeSocket({ Engine: loadPacketEngine(ensureNativeTransport()), ...options });
  sockets.push(socket);
  return (events) => new NativeTransport({ socket, ...options }, events);
}

const realTransports: readonly (readonly [string, (options: Options) => CreateRtpTransport])[] = [
  ['node-datachannel', (options) => (events) => new NodeDatachannelTransport(options, events)],
  ...(isLinux ? [['native', nativeTransports] as const] : []),
];

afterAll(() => {
  for (const socket of sockets) socket.close();
  cleanup();
});

describe.each(setups)('RtpTransport (%s)', (_name, createSetup) => {
  const toClose: (RtpTransport | RawPeer)[] = [];
  afterEach(() => {
    for (const end of toClose.splice(0)) end.close();
  });

  async function prepare(announce = (parameters: RemoteTransportParameters) => parameters) {
    const { createTransport, createPeer } = createSetup();
    const packets: Buffer[] = [];
    const states: RtpTransportState[] = [];
    const transport = createTransport({
      onPacket: (packet) => packets.push(packet),
      onStateChange: (state) => states.push(state),
    });
    const peer = await createPeer();
    toClose.push(transport, peer);
    const local = await transport.open(announce(peer.parameters));
    const trickle = (candidate: string) => transport.addCandidate(candidate);
    return { transport, peer, local, trickle, packets, states };
  }

  async function connect() {
    const prepared = await prepare();
    await prepared.peer.accept(prepared.local, prepared.trickle);
    await eventually(() => expect(prepared.states).toEqual(['open']));
    return prepared;
  }

  it('returns credentials, a fingerprint and its candidates when it opens', async () => {
    const { local } = await prepare();
    expect(local.iceUfrag.length).toBeGreaterThanOrEqual(4);
    expect(local.icePwd.length).toBeGreaterThanOrEqual(22);
    expect(local.fingerprint.value).toMatch(/^([\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect(local.candidates.length).toBeGreaterThan(0);
    for (const { address, port } of local.candidates) {
      expect(address).toBe('127.0.0.1');
      expect(port).toBeGreaterThan(0);
    }
  });

  it('sends nothing before it is open', async () => {
    const { transport, states } = await prepare();
    expect(transport.send(rtpBytes({ payloadType: 96 }))).toBe(false);
    expect(states).toEqual([]);
  });

  it('carries packets in both directions', async () => {
    const { transport, peer, packets } = await connect();
    const down = rtpBytes({ payloadType: 96, ssrc: 7, payload: Buffer.from('down') });
    const up = rtpBytes({ payloadType: 96, ssrc: 8, payload: Buffer.from('up') });
    expect(transport.send(down)).toBe(true);
    peer.send(up);
    await eventually(() => {
      expect(peer.received).toEqual([down]);
      expect(packets).toEqual([up]);
    });
  });

  it('is lost when the peer presents a different certificate than announced', async () => {
    const { transport, peer, local, trickle, states } = await prepare((announced) => ({
      ...announced,
      fingerprint: { ...announced.fingerprint, value: announced.fingerprint.value.replaceAll(/[0-7]/g, '8') },
    }));
    void peer.accept(local, trickle);
    await eventually(() => expect(states.at(-1)).toBe('lost'));
    expect(transport.send(rtpBytes({ payloadType: 96 }))).toBe(false);
  });

  it('emits nothing and sends nothing after it is closed', async () => {
    const { transport, peer, packets, states } = await connect();
    transport.close();
    transport.close();
    peer.send(rtpBytes({ payloadType: 96 }));
    peer.close();
    expect(transport.send(rtpBytes({ payloadType: 96 }))).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(packets).toEqual([]);
    expect(states).toEqual(['open']);
  });

  it('drops malformed candidates', async () => {
    const { transport, peer, local, trickle, states } = await prepare();
    for (const candidate of [
      '',
      'nonsense',
      'candidate:1 1 udp 1 0a1b2c3d-aaaa.local 5000 typ host',
      'candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active',
      'candidate:1 1 udp 99999999999 127.0.0.1 99999 typ host',
    ]) {
      expect(() => transport.addCandidate(candidate)).not.toThrow();
    }
    await peer.accept(local, trickle);
    await eventually(() => expect(states).toEqual(['open']));
  });
});

describe.each(realTransports)('a transport with sockets (%s)', (_name, transports) => {
  it('connects to a peer that waits for DTLS', async () => {
    const peer = await createNativeRawPeer('127.0.0.1', 'active');
    const states: RtpTransportState[] = [];
    const transport = transports({ bindAddress: '127.0.0.1' })({
      onPacket: () => {},
      onStateChange: (state) => states.push(state),
    });
    const local = await transport.open({ ...peer.parameters, setup: 'passive' });
    await peer.accept(local, (candidate) => transport.addCandidate(candidate));
    await eventually(() => expect(states).toEqual(['open']));
    peer.close();
    transport.close();
  });

  it('gives up a peer that is connected by ICE but never starts DTLS', async () => {
    // Both sides wait for the other's first packet.
    const peer = await createNativeRawPeer('127.0.0.1', 'active');
    const states: RtpTransportState[] = [];
    const transport = transports({ bindAddress: '127.0.0.1', dtlsDeadlineMs: 300 })({
      onPacket: () => {},
      onStateChange: (state) => states.push(state),
    });
    const local = await transport.open(peer.parameters);
    void peer.accept(local, (candidate) => transport.addCandidate(candidate));
    await eventually(() => expect(states).toEqual(['lost']));
    peer.close();
    transport.close();
  });

  it('carries several peers over one UDP port', async () => {
    const create = transports({ bindAddress: '127.0.0.1', udpPort: 47_123 });
    const ends: { close(): void }[] = [];
    const ports = new Set<number>();
    for (let index = 0; index < 3; index += 1) {
      const states: RtpTransportState[] = [];
      const peer = await createNativeRawPeer();
      const transport = create({ onPacket: () => {}, onStateChange: (state) => states.push(state) });
      ends.push(peer, transport);
      const local = await transport.open(peer.parameters);
      for (const { port } of local.candidates) ports.add(port);
      await peer.accept(local, (candidate) => transport.addCandidate(candidate));
      await eventually(() => expect(states).toEqual(['open']));
    }
    expect([...ports]).toEqual([47_123]);
    for (const end of ends) end.close();
    for (const socket of sockets) socket.close();
  });

  it('offers all interfaces and 127.0.0.1 when it is not bound to one', async () => {
    const peer = await createNativeRawPeer();
    const states: RtpTransportState[] = [];
    const transport = transports({})({
      onPacket: () => {},
      onStateChange: (state) => states.push(state),
    });
    const local = await transport.open(peer.parameters);
    const loopback = local.candidates.filter(({ address }) => address === '127.0.0.1');
    expect(loopback).toHaveLength(1);
    await peer.accept({ ...local, candidates: loopback }, (candidate) => transport.addCandidate(candidate));
    await eventually(() => expect(states).toEqual(['open']));
    peer.close();
    transport.close();
  });
});
