import { tracksOf } from './capture.ts';
import { preferCodec } from './prefer-codec.ts';
import type { PublishDetails } from './publish-options.ts';
import type { TrackKind } from './published-stream.ts';
import type { VideoPlan } from './video-plan.ts';

/**
 * Makes one section for each kind, as every client of the platform has it, and returns the senders. Tracks of the app
 * keep the hints that they have. `protect` encrypts before anything is sent, and has the last word about codecs.
 */
export function addTracks(
  peer: RTCPeerConnection,
  mediaStream: MediaStream,
  plan: VideoPlan,
  { audioBitrateBps, audioHint, videoHint, red = audioHint !== 'music' }: PublishDetails,
  isOurs: boolean,
  protect: (transceiver: RTCRtpTransceiver) => void,
): Partial<Record<TrackKind, RTCRtpSender>> {
  const senders: Partial<Record<TrackKind, RTCRtpSender>> = {};
  const audioEncodings = audioBitrateBps ? [{ maxBitrate: audioBitrateBps }] : undefined;
  for (const kind of ['audio', 'video'] as const) {
    const [track] = tracksOf(mediaStream, kind);
    if (!track) continue;
    const isVideo = kind === 'video';
    const usualHint = isVideo ? (plan.isScreen ? 'detail' : 'motion') : plan.isScreen ? '' : 'speech';
    const hint = (isVideo ? videoHint : audioHint) ?? (isOurs ? usualHint : '');
    if (hint) track.contentHint = hint;
    const init: RTCRtpTransceiverInit = { direction: 'sendonly', streams: [mediaStream] };
    const transceiver = addTransceiver(peer, track, init, isVideo ? plan.encodingsOf(track) : audioEncodings);
    if (isVideo) preferCodec(transceiver, kind, plan.codec, 'VP8');
    else if (red) preferCodec(transceiver, kind, 'red');
    protect(transceiver);
    senders[kind] = transceiver.sender;
  }
  return senders;
}

/** A browser that refuses the encodings gets one without a wish. */
function addTransceiver(
  peer: RTCPeerConnection,
  track: MediaStreamTrack,
  init: RTCRtpTransceiverInit,
  sendEncodings: RTCRtpEncodingParameters[] | undefined,
): RTCRtpTransceiver {
  if (!sendEncodings) return peer.addTransceiver(track, init);
  try {
    return peer.addTransceiver(track, { ...init, sendEncodings });
  } catch {
    return peer.addTransceiver(track, init);
  }
}
