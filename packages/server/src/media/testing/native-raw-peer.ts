import { farSideAt, NativePeer } from './native-peer.ts';
import type { RawPeer } from './raw-peer.ts';

/** A peer with real ICE, DTLS and SRTP on one address of this machine. `farSetup` is the transport's role in DTLS. */
export async function createNativeRawPeer(
  bindAddress = '127.0.0.1',
  farSetup: 'active' | 'passive' = 'passive',
): Promise<RawPeer> {
  const peer = await NativePeer.create(bindAddress);
  const received: Buffer[] = [];
  const listeners: ((packet: Buffer) => void)[] = [];
  peer.onPacket = (packet) => {
    received.push(packet);
    for (const listener of listeners) listener(packet);
  };
  return {
    parameters: peer.parameters,
    received,
    accept: (local, trickle) => peer.connect(farSideAt(local, farSetup), trickle),
    send: (packet) => peer.send(packet),
    onPacket: (listener) => void listeners.push(listener),
    close: () => peer.close(),
  };
}
