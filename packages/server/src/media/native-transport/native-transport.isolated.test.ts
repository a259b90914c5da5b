import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanup } from 'node-datachannel';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ensureNativeTransport } from '../../../native/build.ts';
import { eventually } from '../testing/eventually.ts';
import { createNativeRawPeer } from '../testing/native-raw-peer.ts';
import { bindingRequest, stunMessage } from '../testing/stun-messages.ts';
import { rtpBytes } from '../testing/test-packets.ts';
import type { LocalTransportParameters, RtpTransportState } from '../transport/rtp-transport.ts';
import { loadPacketEngine, NativeTransportUnavailableError } from './native-addon.ts';
import { NativeSocket } from './native-socket.ts';
import { NativeTransport } from './native-transport.ts';

vi.setConfig({ testTimeout: 120_000 });

const isLinux = process.platform === 'linux';
const addonFile = isLinux ? ensureNativeTransport() : '';
/** `PARLEY_CONNECTS=10000` for the long run. */
const connects = Number(process.env['PARLEY_CONNECTS'] ?? 40);
const loopback = '127.0.0.1';
const someFingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') };

afterAll(() => cleanup());

function openSocket(bindAddress?: string): NativeSocket {
  const socket = new NativeSocket({ Engine: loadPacketEngine(addonFile), bindAddress });
  onTestFinished(() => socket.close());
  return socket;
}

/** A transport for a peer with the ufrag `peer`, and a socket that stands for that peer. */
async function prepare(bindAddress: string = loopback) {
  const states: RtpTransportState[] = [];
  const packets: Buffer[] = [];
  const events = {
    onPacket: (packet: Buffer) => packets.push(packet),
    onStateChange: (state: RtpTransportState) => states.push(state),
  };
  const transport = new NativeTransport({ socket: openSocket(bindAddress), bindAddress }, events);
  const remote = { iceUfrag: 'peer', icePwd: 'x'.repeat(22), fingerprint: someFingerprint, candidates: [] };
  const local = await transport.open(remote);
  const peer = createSocket(bindAddress === loopback ? 'udp4' : 'udp6');
  onTestFinished(() => void peer.close());
  const port = local.candidates[0]?.port ?? 0;
  const ask = async (message: Buffer): Promise<Buffer> => {
    const answer = once(peer, 'message');
    peer.send(message, port, bindAddress);
    const [packet] = (await answer) as [Buffer];
    return packet;
  };
  const say = (message: Buffer) => peer.send(message, port, bindAddress);
  return { transport, local, states, packets, ask, say };
}

function check(local: LocalTransportParameters, { password = local.icePwd, remote = 'peer' } = {}): Buffer {
  return bindingRequest(`${local.iceUfrag}:${remote}`, password, 1n);
}

describe.runIf(isLinux)('as an ICE-lite agent, the native transport', () => {
  it('answers checks of its peer, over IPv4 and IPv6', async () => {
    const hasIPv6 = Object.values(networkInterfaces())
      .flat()
      .some((one) => one?.address === '::1');
    for (const address of hasIPv6 ? [loopback, '::1'] : [loopback]) {
      const { local, ask } = await prepare(address);
      expect(local.isIceLite).toBe(true);
      expect((await ask(check(local))).readUInt16BE(0)).toBe(0x0101);
    }
  });

  it('stays silent to those who do not know its password, or are not its peer', async () => {
    const { local, say, ask } = await prepare();
    say(check(local, { password: 'wrong' }));
    say(check(local, { remote: 'else' }));
    say(bindingRequest('nobody:peer', local.icePwd, 1n));
    say(Buffer.from('000100000000', 'hex'));
    // Datagrams from one address to another stay in order, so the first answer is to the last request.
    const last = check(local);
    expect((await ask(last)).subarray(8, 20)).toEqual(last.subarray(8, 20));
  });

  it('tells a peer that wants to be controlled to take the other role', async () => {
    const { local, ask } = await prepare();
    const attributes = [
      [0x0006, Buffer.from(`${local.iceUfrag}:peer`)],
      [0x8029, Buffer.alloc(8)],
    ] as const;
    expect((await ask(stunMessage(0x0001, attributes, local.icePwd))).readUInt16BE(0)).toBe(0x0111);
  });

  it('takes no media from an address that did not check', async () => {
    const { local, ask, say, packets, states } = await prepare();
    say(rtpBytes({ payloadType: 96 }));
    await ask(check(local));
    expect(packets).toEqual([]);
    expect(states).toEqual([]);
  });

  it('is interrupted after two missed checks, open again after the next, and lost when consent expires', async () => {
    const { transport, local, states, ask } = await prepare();
    await ask(check(local));
    transport.onConnected();
    let nowMs = performance.now();
    const wait = (seconds: number): void => {
      for (let second = 0; second < seconds; second += 1) transport.watch((nowMs += 1_000));
    };
    wait(12);
    expect(states).toEqual(['open']);
    wait(2);
    expect(states).toEqual(['open', 'interrupted']);
    expect(transport.send(rtpBytes({ payloadType: 96 }))).toBe(true);
    await ask(check(local));
    expect(states).toEqual(['open', 'interrupted', 'open']);
    nowMs = performance.now();
    wait(31);
    expect(states).toEqual(['open', 'interrupted', 'open', 'interrupted', 'lost']);
    expect(transport.send(rtpBytes({ payloadType: 96 }))).toBe(false);
  });

  it('does not take a pause of this process for a silence of the peer', async () => {
    const { transport, local, states, ask } = await prepare();
    await ask(check(local));
    transport.onConnected();
    const nowMs = performance.now();
    transport.watch(nowMs);
    transport.watch(nowMs + 60_000);
    expect(states).toEqual(['open']);
  });

  it('gives up a peer that never checks', async () => {
    const { transport, states } = await prepare();
    const nowMs = performance.now();
    for (let second = 0; second <= 31; second += 1) transport.watch(nowMs + second * 1_000);
    expect(states).toEqual(['lost']);
  });

  it.each([
    ['a hash that is too weak', { algorithm: 'sha-1', value: 'AB:CD' }],
    ['a hash of the wrong length', { algorithm: 'sha-256', value: 'AB:CD' }],
  ])('refuses %s', async (_what, fingerprint) => {
    const transport = new NativeTransport(
      { socket: openSocket(loopback), bindAddress: loopback },
      { onPacket: () => {}, onStateChange: () => {} },
    );
    const remote = { iceUfrag: 'peer', icePwd: 'x'.repeat(22), fingerprint, candidates: [] };
    await expect(transport.open(remote)).rejects.toThrow(/could not be set up: The fingerprint/);
  });
});

it.runIf(isLinux)(
  `connects and closes ${connects} times on one socket, and knows no peer afterwards`,
  { timeout: connects * 3_000 },
  async () => {
    const socket = openSocket(loopback);
    for (let round = 0; round < connects; round += 1) {
      const states: RtpTransportState[] = [];
      const transport = new NativeTransport(
        { socket, bindAddress: loopback },
        { onPacket: () => {}, onStateChange: (state) => states.push(state) },
      );
      const peer = await createNativeRawPeer();
      const local = await transport.open(peer.parameters);
      const accepted = peer.accept(local, () => {});
      // Every other one is closed somewhere in its handshake.
      if (round % 2 === 0) {
        await accepted;
        await eventually(() => expect(states).toEqual(['open']));
      }
      transport.close();
      peer.close();
    }
    expect(socket.peerCount).toBe(0);
  },
);

describe.runIf(isLinux)('where it cannot run, the native transport', () => {
  it('says that it is not built, and how to build it', () => {
    const file = '/nowhere/parley_transport.node';
    expect(() => loadPacketEngine(file)).toThrow(NativeTransportUnavailableError);
    expect(() => loadPacketEngine(file)).toThrow(/not built.*pnpm run build:transport/);
  });

  it('says why its addon cannot be loaded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-addon-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'parley_transport.node');
    writeFileSync(file, 'no library');
    expect(() => loadPacketEngine(file)).toThrow(/cannot be loaded \(.*Build it with the Node/);
  });
});
