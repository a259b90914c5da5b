import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { cleanup } from 'node-datachannel';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { bindingRequest } from '../testing/stun-messages.ts';
import { NodeDatachannelTransport } from './node-datachannel-transport.ts';
import type { LocalTransportParameters } from './rtp-transport.ts';
import { isStun } from './stun-message.ts';

const success = 0x0101;
const refusal = 0x0111;
const ufrag = 'them';

let transport: NodeDatachannelTransport;
let local: LocalTransportParameters;
let relay: Socket;
/** Packets at the relayed address, by their source port. */
let received: { readonly type: number; readonly port: number }[];

afterAll(() => cleanup());

beforeEach(async () => {
  relay = createSocket('udp4').bind(0, '127.0.0.1');
  await once(relay, 'listening');
  received = [];
  relay.on('message', (packet, { port }) => {
    if (isStun(packet)) received.push({ type: packet.readUInt16BE(0), port });
  });
  transport = new NodeDatachannelTransport(
    { bindAddress: '127.0.0.1' },
    { onPacket: () => {}, onStateChange: () => {} },
  );
  local = await transport.open({
    iceUfrag: ufrag,
    icePwd: 'a-password-of-more-than-22',
    fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '00').join(':') },
    candidates: [],
  });
  transport.addCandidate(
    `candidate:1 1 udp 41885439 127.0.0.1 ${relay.address().port} typ relay raddr 0.0.0.0 rport 0`,
  );
});

afterEach(() => {
  transport.close();
  relay.close();
});

/** Sends a request as Chromium does over a relay that it reaches by TCP. */
function ask(port: number): void {
  const request = bindingRequest(`${local.iceUfrag}:${ufrag}`, local.icePwd, 0n);
  relay.send(request, port, '127.0.0.1');
}

/** The port, besides the library's own, from which the relay is checked. */
async function portOfOtherChecks(): Promise<number> {
  await eventually(() => expect(otherChecks()).not.toEqual([]));
  return otherChecks()[0]?.port ?? 0;
}

function otherChecks(): typeof received {
  return received.filter(({ type, port }) => type === 0x0001 && port !== local.candidates[0]?.port);
}

it('connects a relayed peer without a tie-breaker, which the library refuses, through the detour that checks it', async () => {
  const ownPort = local.candidates[0]?.port ?? 0;
  ask(ownPort);
  // Once the library accepts this, the detours can be removed.
  await eventually(() => expect(received).toContainEqual({ type: refusal, port: ownPort }));

  const detourPort = await portOfOtherChecks();
  ask(detourPort);
  await eventually(() => expect(received).toContainEqual({ type: success, port: detourPort }));
});

it('accepts packets from the relay only', async () => {
  const detourPort = await portOfOtherChecks();
  const stranger = createSocket('udp4').bind(0, '127.0.0.1');
  await once(stranger, 'listening');
  let answers = 0;
  stranger.on('message', () => (answers += 1));
  const request = bindingRequest(`${local.iceUfrag}:${ufrag}`, local.icePwd, 0n);
  stranger.send(request, detourPort, '127.0.0.1');
  ask(detourPort);
  await eventually(() => expect(received).toContainEqual({ type: success, port: detourPort }));
  expect(answers).toBe(0);
  stranger.close();
});
