import type { JsonObject, StreamType } from '@parley-rtc/contract';
import type { DeviceWish } from './publish-options.ts';
import type { TrackProcessor } from './track-processor.ts';

export type TrackKind = 'audio' | 'video';

export interface MuteOptions {
  /** Keeps the device open, so that it is back at once. Default: microphones are kept, cameras are freed. */
  readonly keepDevice?: boolean;
}

/** What to send instead. Tracks given here stay the app's. */
export interface SwitchOptions {
  readonly camera?: DeviceWish | MediaStreamTrack;
  readonly microphone?: DeviceWish | MediaStreamTrack;
}

/** A stream of ours that the others can view. */
export interface PublishedStream extends AsyncDisposable {
  /**
   * Another one once the server has lost the stream and got it back (its restart, our long absence): the others see one
   * stream go and another come, and `stream-restored` tells us.
   */
  readonly id: string;
  readonly type: StreamType;
  /** What is sent, for a preview. Tracks that are switched take each other's place in it. */
  readonly mediaStream: MediaStream;
  /** State of the connection that carries it; `closed` once it is unpublished. */
  readonly connectionState: RTCPeerConnectionState;
  /**
   * Sends silence or black and tells everybody: the conference's metadata gets `TRACK_MUTED/<kind>/<id>`. Resolves when
   * the server has it; when it refuses, the track is as it was before. A camera that Parley opened is freed then.
   *
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when the stream has no such track.
   */
  mute(kind: TrackKind, options?: MuteOptions): Promise<void>;
  /** Takes back `mute`; opens the device again if it was freed, with the errors of `publishStream`. */
  unmute(kind: TrackKind): Promise<void>;
  isMuted(kind: TrackKind): boolean;
  /**
   * Sends another camera or microphone, without a new negotiation. What was sent goes on until the other is ready, and
   * stays when that fails. A camera that is muted and freed opens when it is unmuted.
   *
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when the stream has no such track.
   */
  switchTo(options: SwitchOptions): Promise<void>;
  /**
   * Puts a processor between device and stream, also of later devices; `undefined` takes it away. Resolves when it is
   * at work; when it fails, everything stays as it was.
   */
  setProcessor(kind: TrackKind, processor: TrackProcessor | undefined): Promise<void>;
  /**
   * Limits the video, here and for the server; 0 lifts the limit. All layers together, in bits per second.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for what is neither 0 nor at least 30_000.
   */
  setVideoBitrate(bitrateBps: number): Promise<void>;
  /** Replaces the description of the stream as a whole. */
  setMetadata(metadata: JsonObject): Promise<void>;
  /**
   * Ends the stream for everybody and stops the tracks that Parley captured. Calling it again is fine. Never rejects:
   * when the server cannot be told, it finds out by itself.
   */
  unpublish(): Promise<void>;
}
