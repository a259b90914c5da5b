import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { MediaKind } from '../media-client.ts';

const pipelines: Readonly<Record<MediaKind, string>> = {
  audio: 'audiotestsrc is-live=true ! opusenc ! rtpopuspay',
  video:
    'videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=10/1 ! ' +
    'vp8enc deadline=1 keyframe-max-dist=10 ! rtpvp8pay picture-id-mode=2 mtu=1100',
};

/** Encodes a test signal with GStreamer, for a client without an encoder. Calls `onPacket` with its RTP packets. */
export async function startRtpSource(
  kind: MediaKind,
  onPacket: (packet: Buffer) => void,
): Promise<() => void> {
  const socket = createSocket('udp4').on('message', onPacket).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const pipeline = `${pipelines[kind]} ! udpsink host=127.0.0.1 port=${port}`.split(' ');
  const encoder = spawn('gst-launch-1.0', ['-q', ...pipeline], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => encoder.kill());
  return () => {
    encoder.kill();
    socket.close();
  };
}
