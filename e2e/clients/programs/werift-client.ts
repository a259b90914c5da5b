import { MediaStreamTrack, RTCPeerConnection, RtpPacket, useOPUS, useVP8 } from 'werift';
import type { PeerRequest } from '../media-client.ts';
import { startRtpSource } from './rtp-source.ts';
import { servePeers, type ServedPeer } from './serve-peers.ts';

/** werift has no codecs: it sends what GStreamer encodes, and counts whole frames by their last packet. */
function createPeer({ role, kinds, bundlePolicy }: PeerRequest): ServedPeer {
  const connection = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: bundlePolicy === 'max-bundle' ? 'max-bundle' : 'max-compat',
    codecs: { audio: [useOPUS()], video: [useVP8()] },
  });
  const counts = { audio: 0, video: 0 };
  const stops: (() => void)[] = [];
  const sources: Promise<void>[] = [];
  for (const kind of kinds) {
    if (role === 'view') {
      connection.addTransceiver(kind, { direction: 'recvonly' });
      continue;
    }
    const track = new MediaStreamTrack({ kind });
    connection.addTransceiver(track, { direction: 'sendonly' });
    const send = (packet: Buffer) => track.writeRtp(RtpPacket.deSerialize(packet));
    sources.push(startRtpSource(kind, send).then((stop) => void stops.push(stop)));
  }
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ header }) => {
      if (track.kind === 'audio') counts.audio += 1;
      else if (header.marker) counts.video += 1;
    });
  });
  return {
    async offer() {
      await Promise.all(sources);
      await connection.setLocalDescription(await connection.createOffer());
      return connection.localDescription?.sdp ?? '';
    },
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    count: () => counts,
    close() {
      for (const stop of stops) stop();
      void connection.close();
    },
  };
}

servePeers(createPeer);
