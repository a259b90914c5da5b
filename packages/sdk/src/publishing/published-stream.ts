import type { JsonObject, StreamType } from '@parley-rtc/contract';
import type { DeviceRequest, MissingKinds } from '../devices/media-source.ts';
import type { Moderator } from '../moderator.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { TrackProcessor } from './track-processor.ts';

export interface MuteOptions {
  /** Keeps the device open, so that unmuting is immediate. Default: microphones are kept, cameras are freed. */
  readonly keepDevice?: boolean;
}

/** The new source for each kind. Parley never stops a track that the app passes. */
export interface SwitchOptions {
  readonly camera?: DeviceRequest | MediaStreamTrack;
  readonly microphone?: DeviceRequest | MediaStreamTrack;
}

/** A stream that this endpoint publishes and other participants can view. */
export interface PublishedStream extends AsyncDisposable {
  /**
   * The stream's id. It changes when the stream is restored after a server restart or a long absence: other participants see
   * one stream end and another start, and `stream-restored` announces the change here.
   */
  readonly id: string;
  readonly type: StreamType;
  /**
   * The sent tracks, for a preview. When you switch a device, its new track replaces the old one in it. `enabled` of these
   * tracks belongs to you: a track that you disable counts as muted, also for other participants, until you enable it again
   * or call `unmute`. While Parley mutes or holds the stream, enabling a track does not send it.
   */
  readonly mediaStream: MediaStream;
  /** The devices that `allowMissing` did without, with the error of each; empty if nothing is missing. */
  readonly missing: MissingKinds;
  /** State of the stream's connection; `closed` once it is unpublished. */
  readonly connectionState: RTCPeerConnectionState;
  /**
   * Mutes a kind: sends silence or black immediately, and frees a camera that Parley opened. Then sets
   * `TRACK_MUTED/<kind>/<id>` in the conference's metadata, and resolves once the server has it. Nothing that fails unmutes:
   * Parley keeps announcing it until the server has it, you unmute, or the stream ends. A newer `mute` or `unmute` replaces
   * a running one, and both promises settle as the newer one does.
   *
   * @throws MuteNotAnnouncedError (`ERR_MUTE_NOT_ANNOUNCED`) when the server refuses (the event `error` reports it, too) or
   * has not answered for 10 s. The stream stays muted.
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when the stream has no such track.
   */
  mute(kind: TrackKind, options?: MuteOptions): Promise<void>;
  /**
   * Unmutes a kind, also if a moderator muted it: opens a freed device again, removes the entry from the metadata, and only then
   * sends. So no participant hears a microphone that is shown as muted. On any failure, the kind stays muted and this rejects
   * with the reason.
   *
   * @throws the errors of `publishStream` for devices; TrackEndedError (`ERR_TRACK_ENDED`) when only you can replace the
   * track; the errors of the client when the server cannot be reached for 10 s or refuses.
   */
  unmute(kind: TrackKind): Promise<void>;
  /** Whether other participants receive silence or black: muted, or disabled by you (`track.enabled`). */
  isMuted(kind: TrackKind): boolean;
  /**
   * Returns the moderator who muted a kind, until you unmute it; undefined if no moderator did. `muted-by-moderator` announces
   * it. Other participants read `selectMutedBy`.
   */
  mutedBy(kind: TrackKind): Moderator | undefined;
  /** Returns the id of the device that captures a kind, whatever processes it; undefined if none is open. */
  deviceIdOf(kind: TrackKind): string | undefined;
  /**
   * Switches to another camera or microphone, without a new negotiation. The old one is sent until the new one is ready, and
   * stays if that fails. While a camera is muted and freed, the new one opens on unmute. A newer call replaces a running one.
   * What was off stays off, even if you pass an enabled track.
   *
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when the stream has no such track; TrackEndedError
   * (`ERR_TRACK_ENDED`) when a track of yours has ended.
   */
  switchTo(options: SwitchOptions): Promise<void>;
  /**
   * Puts a processor between device and stream, also for devices that you switch to later; `undefined` removes it. Resolves
   * once the processed track is sent. When the processor fails, rejects with its error and changes nothing.
   */
  setProcessor(kind: TrackKind, processor: TrackProcessor | undefined): Promise<void>;
  /**
   * Limits the video, in bits per second for all layers together, locally and at the server. 0 removes the limit.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a value that is neither 0 nor at least 30_000.
   */
  setVideoBitrate(bitrateBps: number): Promise<void>;
  /** Replaces all metadata of the stream. */
  setMetadata(metadata: JsonObject): Promise<void>;
  /**
   * Ends the stream for all participants and stops the tracks that Parley captured. Calling it again is fine. Never
   * rejects. A server that cannot be reached detects the end by timeout.
   */
  unpublish(): Promise<void>;
}
