/** What a media section carries. */
export type MediaKind = 'audio' | 'video';

/** What the router knows about one codec. Another codec is another row of {@link codecs}. */
export interface Codec {
  /** Encoding name as in `a=rtpmap`; compared without regard to case, since some servers and clients lower it. */
  readonly name: string;
  readonly kind: MediaKind;
  /** Ticks of the RTP timestamp per second. */
  readonly clockRate: number;
  /** Channels as in `a=rtpmap`; 1 where the line says nothing. */
  readonly channels: number;
  /** RTCP feedback that the router understands for this codec, as in `a=rtcp-fb` without the payload type. */
  readonly feedback: readonly string[];
  /**
   * Whether decoding can start at the packet with this payload. Audio can start anywhere.
   * `start` and `end` mark the payload inside `buffer`.
   */
  readonly startsKeyFrame: (buffer: Uint8Array, start: number, end: number) => boolean;
}

const audioFeedback = ['transport-cc', 'nack'];
const videoFeedback = ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'];

/** The codecs that are forwarded, the preferred one first for each kind. */
export const codecs: readonly Codec[] = [
  {
    name: 'opus',
    kind: 'audio',
    clockRate: 48_000,
    channels: 2,
    feedback: audioFeedback,
    startsKeyFrame: () => true,
  },
  {
    name: 'VP8',
    kind: 'video',
    clockRate: 90_000,
    channels: 1,
    feedback: videoFeedback,
    startsKeyFrame: startsVp8KeyFrame,
  },
];

/** VP8: first packet of a frame (S=1, partition 0) whose frame header has the P bit clear (RFC 7741, section 4). */
function startsVp8KeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  const descriptor = buffer[start];
  if (descriptor === undefined || end <= start) return false;
  const startsPartitionZero = (descriptor & 0x1f) === 0x10;
  if (!startsPartitionZero) return false;

  let position = start + 1;
  if (descriptor & 0x80) {
    const extended = buffer[position] ?? 0;
    position += 1;
    if (extended & 0x80) position += (buffer[position] ?? 0) & 0x80 ? 2 : 1;
    if (extended & 0x40) position += 1;
    if (extended & 0x30) position += 1;
  }
  const frameHeader = buffer[position];
  return frameHeader !== undefined && position < end && (frameHeader & 0x01) === 0;
}
