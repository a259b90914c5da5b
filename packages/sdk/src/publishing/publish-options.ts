import type { JsonObject, StreamType } from '@parley-rtc/contract';
import type { PublishSource, StartMuted } from '../devices/media-source.ts';
import type { VideoCodec } from '../encoding/encodings-for.ts';

/** Options for every published stream. */
export interface PublishDetails {
  /** Description of the stream, visible to all participants. */
  readonly metadata?: JsonObject;
  /** Upper bound for all video layers together, in bits per second: at least 30_000, or 0 for as much as the size needs. Default 0. */
  readonly videoBitrateBps?: number;
  /** Upper bound for the audio, in bits per second; see `audioBitrates`. Default: the browser's own. */
  readonly audioBitrateBps?: number;
  /** Preferred video codec. Default VP8, which is also the fallback when the browser cannot send the preferred one. */
  readonly codec?: VideoCodec;
  /** Whether to send the video in several sizes, so that each viewer receives the one that fits. Default: true for VP8. */
  readonly simulcast?: boolean;
  /** Whether to send almost nothing during silence. Default true. */
  readonly dtx?: boolean;
  /** Whether to repeat audio in later packets to survive loss, for about twice the bitrate. Default true, except for music. */
  readonly red?: boolean;
  /** The kind of video content, which guides the encoder. Default: `motion` for a camera, `detail` for a screen. */
  readonly videoHint?: 'motion' | 'detail' | 'text';
  /**
   * The quality to preserve when the network or the processor is too slow. Default: `maintain-framerate` for a camera,
   * `maintain-resolution` for a screen.
   */
  readonly degradationPreference?: RTCDegradationPreference;
  /** The kind of audio content, which guides the encoder. Default: `speech` for a microphone. */
  readonly audioHint?: 'speech' | 'speech-recognition' | 'music';
  /**
   * Starts muted: `true`, or one kind, as in `{ audio: true }`. No viewer ever sees it unmuted. A muted camera is not opened
   * before `unmute`; a muted microphone is, so that unmuting is immediate. Default: unmuted, except for tracks that the app
   * has disabled (`track.enabled`).
   */
  readonly muted?: StartMuted;
  /** Aborts publishing: captured tracks stop, and nothing stays published. */
  readonly signal?: AbortSignal;
}

/** The source to publish, and how to publish it. */
export type PublishOptions = PublishSource & PublishDetails;

/** The type of the stream that these options publish; UNKNOWN for a preview, which may still be opening. */
export function publishedType(options: PublishOptions): StreamType {
  if ('screen' in options) return 'SCREEN';
  if ('mediaStream' in options) return options.type;
  const { camera, microphone } = 'preview' in options ? {} : options;
  if (camera) return microphone ? 'MIC_AND_CAM' : 'CAM';
  return microphone ? 'MIC' : 'UNKNOWN';
}
