import { PeerConnection, Video } from 'node-datachannel';
import type { Track } from 'node-datachannel';
import { parse } from 'sdp-transform';
import { carrierMid, writeCarrier } from '../transport/carrier-offer.ts';
import type { LocalTransportParameters } from '../transport/rtp-transport.ts';
import type { RawPeer } from './raw-peer.ts';

const inUse = new Set<PeerConnection | Track>();

/** A peer with real ICE, DTLS and SRTP on one address of this machine. */
export async function createNativeRawPeer(bindAddress = '127.0.0.1'): Promise<RawPeer> {
  const connection = new PeerConnection('test peer', {
    iceServers: [],
    bindAddress,
    forceMediaTransport: true,
    disableAutoNegotiation: true,
    // On loopback the handshake can be over before the library has stored the fingerprint of the answer.
    disableFingerprintVerification: true,
  });
  const media = new Video(carrierMid, 'SendRecv');
  media.addVP8Codec(96);
  const track = connection.addTrack(media);
  inUse.add(connection).add(track);
  connection.onStateChange((state) => void (state === 'closed' && inUse.delete(connection)));
  track.onClosed(() => inUse.delete(track));

  const received: Buffer[] = [];
  const listeners: ((packet: Buffer) => void)[] = [];
  track.onMessage((packet) => {
    received.push(packet);
    for (const listener of listeners) listener(packet);
  });
  const opened = new Promise<void>((resolve) => track.onOpen(resolve));

  const sdp = await new Promise<string>((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
    connection.setLocalDescription('offer');
  });
  const session = parse(sdp);
  const section = session.media[0];
  const fingerprint = section?.fingerprint ?? session.fingerprint;
  return {
    parameters: {
      iceUfrag: String(section?.iceUfrag),
      icePwd: String(section?.icePwd),
      fingerprint: { algorithm: fingerprint?.type ?? '', value: fingerprint?.hash ?? '' },
      // None yet: checks that come while the answer is applied connect the library before it has stored the answer, and
      // then it fails.
      candidates: [],
    },
    received,
    accept(local, trickle) {
      connection.setRemoteDescription(writeCarrierAnswer(local), 'answer');
      for (const candidate of sdp.match(/candidate:.*/g) ?? []) trickle(candidate);
      return opened;
    },
    send(packet) {
      try {
        track.sendMessageBinary(packet);
      } catch {
        // The other side may have closed the connection, which the library notices on a thread of its own.
      }
    },
    onPacket: (listener) => void listeners.push(listener),
    close() {
      track.close();
      connection.close();
    },
  };
}

/** Candidates are part of it: added later, they can come when the library has given up on an answer without any. */
function writeCarrierAnswer(local: LocalTransportParameters): string {
  const candidates = local.candidates.map(
    ({ foundation, priority, address, port }) =>
      `a=candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ host\r\n`,
  );
  return writeCarrier('passive', local) + candidates.join('');
}
