import { preferCodec } from '../encoding/prefer-codec.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { PublishDetails } from './publish-options.ts';
import type { VideoPlan } from './video-plan.ts';

/** One kind of a stream to publish. Its track is undefined while its device is muted and was never opened. */
export interface OutgoingTrack {
  readonly kind: TrackKind;
  readonly track: MediaStreamTrack | undefined;
}

/**
 * Adds one transceiver for each kind, as every client of the platform does, and returns the senders. `encrypt` runs last,
 * because it restricts the codecs.
 */
export function addTracks(
  peer: RTCPeerConnection,
  mediaStream: MediaStream,
  tracks: readonly OutgoingTrack[],
  plan: VideoPlan,
  { audioBitrateBps, audioHint, red = audioHint !== 'music' }: PublishDetails,
  encrypt: (transceiver: RTCRtpTransceiver) => void,
): Partial<Record<TrackKind, RTCRtpSender>> {
  const senders: Partial<Record<TrackKind, RTCRtpSender>> = {};
  const audioEncodings = audioBitrateBps ? [{ maxBitrate: audioBitrateBps }] : undefined;
  for (const { kind, track = kind } of tracks) {
    const isVideo = kind === 'video';
    const init: RTCRtpTransceiverInit = { direction: 'sendonly', streams: [mediaStream] };
    const transceiver = addTransceiver(peer, track, init, isVideo ? plan.encodings() : audioEncodings);
    if (isVideo) preferCodec(transceiver, kind, plan.codec, 'VP8');
    else if (red) preferCodec(transceiver, kind, 'red');
    encrypt(transceiver);
    senders[kind] = transceiver.sender;
  }
  return senders;
}

/** Adds a transceiver without encodings where the browser refuses them. */
function addTransceiver(
  peer: RTCPeerConnection,
  track: MediaStreamTrack | TrackKind,
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
