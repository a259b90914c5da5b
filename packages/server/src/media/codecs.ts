import { startsVp8KeyFrame, vp8KeyFrameHeightPx } from './rtp/vp8-descriptor.ts';
import type { FrameNumbers } from './rtp/frame-numbers.ts';
import { Vp8FrameNumbers } from './rtp/vp8-frame-numbers.ts';

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
  /** Height of the picture in a payload that starts a key frame; absent where the router cannot read it. */
  readonly keyFrameHeightPx?: (buffer: Uint8Array, start: number, end: number) => number | undefined;
  /** Keeps the frame numbers in payloads continuous for one viewer; absent where payloads are left as they are. */
  readonly createFrameNumbers?: () => FrameNumbers;
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
    keyFrameHeightPx: vp8KeyFrameHeightPx,
    createFrameNumbers: () => new Vp8FrameNumbers(),
  },
];
