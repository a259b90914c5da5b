import type { StreamType } from '@parley-rtc/contract';

export type TrackKind = 'audio' | 'video';

/** A stream of ours that the others can view. */
export interface PublishedStream extends AsyncDisposable {
  /**
   * Another one once the server has lost the stream and got it back (its restart, our long absence): the others see one
   * stream go and another come, and `stream-restored` tells us.
   */
  readonly id: string;
  readonly type: StreamType;
  /** What is sent, for a preview. */
  readonly mediaStream: MediaStream;
  /** State of the connection that carries it; `closed` once it is unpublished. */
  readonly connectionState: RTCPeerConnectionState;
  /**
   * Sends silence or black and tells everybody: the conference's metadata gets `TRACK_MUTED/<kind>/<id>`. Resolves when
   * the server has it; when it refuses, the track is as it was before.
   *
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when the stream has no such track.
   */
  mute(kind: TrackKind): Promise<void>;
  /** Takes back `mute`. */
  unmute(kind: TrackKind): Promise<void>;
  isMuted(kind: TrackKind): boolean;
  /**
   * Ends the stream for everybody and stops the tracks that Parley captured. Calling it again is fine. Never rejects:
   * when the server cannot be told, it finds out by itself.
   */
  unpublish(): Promise<void>;
}
