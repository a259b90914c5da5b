import { randomInt } from 'node:crypto';
import type * as nodeDatachannel from 'node-datachannel';
import type { PeerConnection, Track } from 'node-datachannel';
import type { MediaPeer, MediaPeers } from './media-peers.ts';

type Library = typeof nodeDatachannel;

const opusPayloadType = 111;
const rtpHeaderLength = 12;
const deadlineMs = 10_000;

/** Objects that the library's threads still use. Collecting them too early would crash the process. */
const inUse = new Set<PeerConnection | Track>();

/**
 * Loads peers based on libdatachannel, with real ICE, DTLS and SRTP. `release` closes them and stops the library's threads.
 *
 * @throws Error if the optional dependency `node-datachannel` is not installed or has no build for this machine.
 */
export async function loadMediaPeers(): Promise<MediaPeers & { readonly release: () => void }> {
  const library = await import('node-datachannel').catch((cause: unknown) => {
    throw new Error('--media needs the package node-datachannel. Install it.', {
      cause,
    });
  });
  const peers: MediaPeer[] = [];
  const open = async (direction: 'SendOnly' | 'RecvOnly'): Promise<MediaPeer> => {
    const peer = await openPeer(library, direction);
    peers.push(peer);
    return peer;
  };
  return {
    publisher: () => open('SendOnly'),
    viewer: () => open('RecvOnly'),
    release: () => {
      for (const peer of peers) peer.close();
      library.cleanup();
    },
  };
}

async function openPeer(library: Library, direction: 'SendOnly' | 'RecvOnly'): Promise<MediaPeer> {
  const connection = new library.PeerConnection('conformance', {
    iceServers: [],
    disableAutoNegotiation: true,
    forceMediaTransport: true,
  });
  const ssrc = randomInt(1, 2 ** 32);
  const media = new library.Audio('0', direction);
  media.addOpusCodec(opusPayloadType);
  if (direction === 'SendOnly') media.addSSRC(ssrc, 'conformance', 'conformance', 'audio');
  const track = connection.addTrack(media);
  inUse.add(connection).add(track);
  connection.onStateChange((state) => void (state === 'closed' && inUse.delete(connection)));
  track.onClosed(() => inUse.delete(track));
  const received: Uint8Array[] = [];
  track.onMessage((packet) => {
    if (!isRtcp(packet)) received.push(payloadOf(packet));
  });
  const opened = new Promise<void>((resolve) => track.onOpen(resolve));
  // Omit candidates; the server learns the address from our connectivity checks. Otherwise the server's checks could connect
  // the library before it has stored the answer, which makes it fail.
  const offer = (await within('gathering of candidates', gathered(connection))).replaceAll(
    /^a=(?:candidate:.*|end-of-candidates)\r?\n/gm,
    '',
  );
  let sequenceNumber = randomInt(2 ** 15);
  let isClosed = false;
  return {
    offer,
    received,
    connect: async (answer) => {
      connection.setRemoteDescription(answer, 'answer');
      await within('connection', opened);
    },
    send: (payload) => {
      sequenceNumber += 1;
      try {
        track.sendMessageBinary(rtpPacket(sequenceNumber, ssrc, payload));
      } catch {
        // The server may have closed the connection, as it must after unpublishing.
      }
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      track.close();
      connection.close();
    },
  };
}

function gathered(connection: PeerConnection): Promise<string> {
  return new Promise((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
    connection.setLocalDescription('offer');
  });
}

async function within<Result>(what: string, promise: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`No ${what} within ${deadlineMs / 1000} seconds.`));
  }, deadlineMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An RTP packet (RFC 3550, 5.1) with 20 ms of audio at 48 kHz. */
function rtpPacket(sequenceNumber: number, ssrc: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(rtpHeaderLength);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(opusPayloadType, 1);
  header.writeUInt16BE(sequenceNumber % 2 ** 16, 2);
  header.writeUInt32BE((sequenceNumber * 960) % 2 ** 32, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

/** Types 192 to 223 are RTCP (RFC 5761, 4). */
function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** The payload after the header, its CSRCs and its extension. */
function payloadOf(packet: Buffer): Uint8Array {
  const first = packet.readUInt8(0);
  const fixed = rtpHeaderLength + (first & 0x0f) * 4;
  const extension = (first & 0x10) === 0 ? 0 : 4 + packet.readUInt16BE(fixed + 2) * 4;
  return packet.subarray(fixed + extension);
}
