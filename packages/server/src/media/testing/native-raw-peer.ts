import { PeerConnection, Video } from 'node-datachannel';
import type { Track } from 'node-datachannel';
import { parse } from 'sdp-transform';
import { carrierMid } from '../transport/carrier-offer.ts';
import type { LocalTransportParameters } from '../transport/rtp-transport.ts';
import type { RawPeer } from './raw-peer.ts';

const inUse = new Set<PeerConnection | Track>();

/** A peer with real ICE, DTLS and SRTP on 127.0.0.1. */
export async function createNativeRawPeer(): Promise<RawPeer> {
  const connection = new PeerConnection('test peer', {
    iceServers: [],
    bindAddress: '127.0.0.1',
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
      candidates: sdp.match(/candidate:.*/g) ?? [],
    },
    received,
    accept(local) {
      connection.setRemoteDescription(writeCarrierAnswer(local), 'answer');
      for (const { foundation, priority, address, port } of local.candidates) {
        const line = `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ host`;
        connection.addRemoteCandidate(line, carrierMid);
      }
      return opened;
    },
    send: (packet) => void track.sendMessageBinary(packet),
    onPacket: (listener) => void listeners.push(listener),
    close() {
      track.close();
      connection.close();
    },
  };
}

/** Says trickle, because the library gives up at once on an answer that has no candidates and promises none. */
function writeCarrierAnswer(local: LocalTransportParameters): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${carrierMid}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 0.0.0.0',
    `a=mid:${carrierMid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=setup:passive',
    `a=ice-ufrag:${local.iceUfrag}`,
    `a=ice-pwd:${local.icePwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n');
}
