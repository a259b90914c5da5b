import type { ParleyError } from '@parley-rtc/client';
import type {
  MetadataEntry,
  Participant,
  Permissions as ParticipantPermissions,
  UnknownEvent,
} from '@parley-rtc/contract';
import type { Recorder } from '../conventions/recording.ts';
import type { Message } from '../messages/message.ts';
import type { WaitingGuest } from '../moderation/moderation.ts';
import type { Moderator } from '../moderator.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { StreamStats } from '../quality/stream-stats.ts';
import type { ConnectionStatus, NetworkIndicators, Removal } from '../state/conference-store.ts';
import type { Playback } from '../state/playback.ts';
import type { RemoteStream } from '../state/selectors.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { ViewTiming } from '../viewing/view-controller.ts';
import type { JoinTiming } from './join-timing.ts';

/** A participant who is speaking. */
export interface ActiveSpeaker {
  readonly participant: Participant;
  readonly streamId: string;
  /** Loudness from 0 to 1, in steps of 1/8; 0 during a short pause. */
  readonly level: number;
}

/**
 * The events of a conference. `state` is updated before listeners are called, so an event and the state always agree.
 * When a listener throws, `error` announces it and all other listeners still run.
 */
export interface ConferenceEvents {
  /** Another participant published a stream. New listeners are first called for the streams that already exist. */
  'stream-published': { readonly stream: RemoteStream };
  /** A stream of another participant is gone. Its views are already closed. */
  'stream-unpublished': { readonly stream: RemoteStream };
  /** Metadata or bitrate of another participant's stream changed. */
  'stream-updated': { readonly stream: RemoteStream };
  /** Another participant joined. New listeners are first called for the participants already present. */
  'participant-joined': { readonly participant: Participant };
  /**
   * Another participant left, or a moderator removed it (`removedBy`). `stream-unpublished` has already announced each of their
   * streams. A departure during which we were offline may have no reason.
   */
  'participant-left': { readonly participant: Participant } & Removal;
  /** Metadata or health of another participant changed. */
  'participant-updated': { readonly participant: Participant };
  /** What a participant may do changed: another's, or our own. `changedBy` is undefined if no moderator changed it. */
  'permissions-changed': {
    readonly participant: Participant;
    readonly permissions: ParticipantPermissions;
    readonly changedBy: Moderator | undefined;
  };
  /**
   * A moderator muted a stream of ours. It sends silence or black, as after `mute`, until you call its `unmute`.
   */
  'muted-by-moderator': {
    readonly stream: PublishedStream;
    readonly kind: TrackKind;
    readonly mutedBy: Moderator;
  };
  /** An entry of the conference's metadata was set, or removed (then `entry` is undefined). */
  'metadata-updated': { readonly key: string; readonly entry: MetadataEntry | undefined };
  /**
   * Recording started, or stopped (then `recorder` is undefined). `reason` says why the server ended a recording that nobody
   * stopped, such as `disk_full` or `storage_full`.
   */
  'recording-changed': { readonly recorder: Recorder | undefined; readonly reason: string | undefined };
  /** The connection status changed, for example to `reconnecting` or `left`. */
  'connection-changed': { readonly connection: ConnectionStatus };
  /** The browser started or stopped blocking playback of streams that we view. */
  'playback-changed': { readonly playback: Playback };
  /**
   * Level or causes of a stream's quality changed, for published and viewed streams. Measured every 2 s while the event has
   * listeners. Several views of one stream are announced separately.
   */
  'quality-changed': {
    readonly streamId: string;
    readonly direction: 'publish' | 'view';
    readonly quality: StreamQuality;
  };
  /**
   * Statistics of a published or viewed stream over the last 2 s. Announced every 2 s while the event has listeners; several
   * views of one stream are announced separately.
   */
  'stats-updated': {
    readonly streamId: string;
    readonly direction: 'publish' | 'view';
    readonly stats: StreamStats;
  };
  /**
   * Audio levels changed: by stream id, from 0 to 1, linear, for published and viewed streams. Measured ten times a second
   * while the event has listeners.
   */
  'audio-levels-updated': { readonly levels: Readonly<Record<string, number>> };
  /**
   * Active speakers changed, loudest first, among viewed streams and our own. A speaker stays listed for at least 1.5 s.
   * Measured ten times a second while the event has listeners.
   */
  'active-speakers-changed': { readonly speakers: readonly ActiveSpeaker[] };
  /** Joining is complete: how long it and its steps took. Each listener is called once, even one that is added later. */
  'join-timed': JoinTiming;
  /** A view showed its first frame: how long that and the steps to it took. */
  'view-timed': ViewTiming;
  /**
   * A viewed stream can no longer be decrypted (its publisher uses another key, or none), or can be again. Announced once
   * per change, and only with the `encryption` option of `join`.
   */
  'decryption-changed': { readonly stream: RemoteStream; readonly isDecrypted: boolean };
  /** The server measured the network quality of all participants. */
  'network-indicator-updated': { readonly network: NetworkIndicators };
  /**
   * The guests in the waiting room changed, for moderators: `conference.waitingRoom` has them as state, and says when the server
   * is asked.
   */
  'waiting-room-changed': { readonly guests: readonly WaitingGuest[] };
  /** A moderator removed us. Everything is closed, as after `leave`. */
  removed: Removal;
  /** The conference ended for all participants. */
  ended: { readonly reason: string | undefined };
  /**
   * The server lost a stream of ours and it is published again under a new id, `restored.id`. No action is needed, except
   * to update whatever the app has stored under `formerId`.
   */
  'stream-restored': { readonly formerId: string; readonly restored: PublishedStream };
  /**
   * A participant sent a message to us, or to all. Each arrives once, and in the order in which its sender sent it. The first
   * listener also receives what was sent since we joined.
   */
  message: Message;
  /** An event of another type, unprocessed: one sent with `sendEvent`, or a type that this SDK does not know. */
  'server-event': { readonly event: UnknownEvent };
  /** A problem that no promise reports. */
  error: { readonly error: ParleyError };
}

/** Receives the event's payload. May be async; `error` announces a rejection. */
export type ConferenceListener<Name extends keyof ConferenceEvents> = (
  payload: ConferenceEvents[Name],
) => void | Promise<void>;
