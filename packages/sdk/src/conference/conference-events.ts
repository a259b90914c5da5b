import type { MetadataEntry, Participant, UnknownEvent } from '@parley-rtc/contract';
import type { ParleyError } from '@parley-rtc/client';
import type { PublishedStream } from '../media/published-stream.ts';
import type { Playback } from '../viewing/playback.ts';
import type { ViewTiming } from '../viewing/view-conduct.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { StreamStats } from '../quality/stream-stats.ts';
import type { ConnectionStatus, NetworkIndicators } from './conference-store.ts';
import type { JoinTiming } from './join-timing.ts';
import type { RemoteStream } from './selectors.ts';

/** Somebody who speaks. */
export interface ActiveSpeaker {
  readonly participant: Participant;
  readonly streamId: string;
  /** From 0 to 1, in eighths; 0 in a pause that is short. */
  readonly level: number;
}

/**
 * What a conference announces. The state has changed already when a listener is called, so the two never disagree.
 * What one listener throws is announced as `error` and stops nobody else.
 */
export interface ConferenceEvents {
  /** Somebody else publishes a stream. New listeners first hear of the streams already there. */
  'stream-published': { readonly stream: RemoteStream };
  /** A stream of somebody else is gone; its views have closed by themselves. */
  'stream-unpublished': { readonly stream: RemoteStream };
  /** Metadata or bit rate of somebody else's stream changed. */
  'stream-updated': { readonly stream: RemoteStream };
  /** Somebody else entered. New listeners first hear of those already there. */
  'participant-joined': { readonly participant: Participant };
  /** Somebody else left; all of their streams were announced as unpublished before. */
  'participant-left': { readonly participant: Participant };
  /** Metadata or health of somebody else changed. */
  'participant-updated': { readonly participant: Participant };
  /** An entry of the conference's metadata was set, or removed (`entry` is undefined). */
  'metadata-updated': { readonly key: string; readonly entry: MetadataEntry | undefined };
  'connection-changed': { readonly connection: ConnectionStatus };
  /** The browser blocks, or no longer blocks, the playing of what we view. */
  'playback-changed': { readonly playback: Playback };
  /**
   * Level or causes of a stream's quality changed, ours or a viewed one's. Measured each 2 s, only while somebody
   * listens; of several views of one stream each is announced.
   */
  'quality-changed': {
    readonly streamId: string;
    readonly direction: 'publish' | 'view';
    readonly quality: StreamQuality;
  };
  /**
   * What the browser measured of a stream in the last 2 s, ours or a viewed one's. Told each 2 s while somebody listens; of
   * several views of one stream each is told.
   */
  'stats-updated': {
    readonly streamId: string;
    readonly direction: 'publish' | 'view';
    readonly stats: StreamStats;
  };
  /**
   * How loud everything is that we view or send: by stream, from 0 to 1, linear. Measured ten times a second, only while
   * somebody listens, and told when it has changed.
   */
  'audio-levels-updated': { readonly levels: Readonly<Record<string, number>> };
  /**
   * Who speaks, the loudest first, of viewed streams and ourselves; a speaker stays one for at least 1.5 s. Measured
   * ten times a second, only while somebody listens.
   */
  'active-speakers-changed': { readonly speakers: readonly ActiveSpeaker[] };
  /** How long joining took, and its steps. Told once to each listener, whenever it comes. */
  'join-timed': JoinTiming;
  /** How long a view took to its first frame, and the steps to it. */
  'view-timed': ViewTiming;
  /**
   * A viewed stream can no longer be decrypted (its publisher uses another key, or none), or can be again. Told once each,
   * with `encryption` of `join` alone.
   */
  'decryption-changed': { readonly stream: RemoteStream; readonly isDecrypted: boolean };
  /** The server has measured how everybody's connections fare. */
  'network-indicator-updated': { readonly network: NetworkIndicators };
  /** The conference is over for everybody. */
  ended: { readonly reason: string | undefined };
  /**
   * The server had lost a stream of ours and has it again, under another id: `restored.id`. Nothing is to be done, but
   * what the app itself has noted about `formerId` is out of date.
   */
  'stream-restored': { readonly formerId: string; readonly restored: PublishedStream };
  /** An event that has no name here, raw: those of `sendEvent`, and types yet to be invented. */
  'server-event': { readonly event: UnknownEvent };
  /** A problem that no promise tells about. */
  error: { readonly error: ParleyError };
}

/** Gets the event's payload. May be async: a rejection is announced as `error`. */
export type ConferenceListener<Name extends keyof ConferenceEvents> = (
  payload: ConferenceEvents[Name],
) => void | Promise<void>;
