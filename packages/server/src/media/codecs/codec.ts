import type { FrameNumbers } from '../rtp/frame-numbers.ts';
import type { FormatParameters } from './format-parameters.ts';

/** What a media section carries. */
export type MediaKind = 'audio' | 'video';

/** What the router knows about one codec. Another codec is another row of the table in `codecs.ts`. */
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
  /** Whether a viewer that offers `offered` can decode what a publisher that offered `published` sends. */
  readonly isDecodable: (published: FormatParameters, offered: FormatParameters) => boolean;
  /**
   * Parameters of an offer that its answer repeats. Limits of what the peer itself can receive are none of them: in an
   * answer they would limit what it sends.
   */
  readonly answeredParameters: readonly string[];
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

/** Feedback that video codecs share. */
export const videoFeedback: readonly string[] = ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'];
