import type { FormatParameters } from './format-parameters.ts';
import type { FrameAssembler } from './frame-assembler.ts';
import type { FrameNumbers } from './frame-numbers.ts';

/** The kind of media in a section. */
export type MediaKind = 'audio' | 'video';

/** What the router knows about one codec. To add a codec, add a row to the table in `codecs.ts`. */
export interface Codec {
  /**
   * Encoding name as in `a=rtpmap`; compared case-insensitively, because some servers and clients write it in lower
   * case.
   */
  readonly name: string;
  readonly kind: MediaKind;
  /** Ticks of the RTP timestamp per second. */
  readonly clockRate: number;
  /** Channels as in `a=rtpmap`; 1 if the line names none. */
  readonly channels: number;
  /** RTCP feedback that the router supports for this codec, as in `a=rtcp-fb` without the payload type. */
  readonly feedback: readonly string[];
  /** Whether a viewer that offers `offered` can decode the stream of a publisher that offered `published`. */
  readonly isDecodable: (published: FormatParameters, offered: FormatParameters) => boolean;
  /** Whether the dependency descriptor describes its frames, which the router needs for spatial layers. */
  readonly usesDependencyDescriptor?: true;
  /** The parameters to agree on with a publisher that offers these; absent if it is always the offered ones. */
  readonly negotiate?: (offered: string) => string;
  /**
   * Parameters that an answer repeats from its offer. Limits of what the peer can receive are not among them: in an
   * answer they would limit what it sends.
   */
  readonly answeredParameters: readonly string[];
  /**
   * Whether decoding can start at the packet with this payload. Audio can start anywhere. `start` and `end` delimit
   * the payload inside `buffer`.
   */
  readonly startsKeyFrame: (buffer: Uint8Array, start: number, end: number) => boolean;
  /** Height of the video in a payload that starts a key frame; absent if the router cannot read it. */
  readonly keyFrameHeightPx?: (buffer: Uint8Array, start: number, end: number) => number | undefined;
  /** Keeps the frame numbers in payloads continuous for one viewer; absent if payloads are forwarded unchanged. */
  readonly createFrameNumbers?: () => FrameNumbers;
  /** Puts the frames of a stream together for a recording. */
  readonly createFrameAssembler: () => FrameAssembler;
}

/** Feedback common to video codecs. */
export const videoFeedback: readonly string[] = ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'];
