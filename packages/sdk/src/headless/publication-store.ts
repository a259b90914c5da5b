import type { ParleyError } from '@parley-rtc/client';
import type { FollowedStream } from '../devices/create-devices.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { PublicationSnapshot } from './publication-state.ts';

/** What to publish, and when. */
export type PublicationOptions = PublishOptions & {
  /** Publishes as soon as there is a conference. Default false: `toggle` and `publish` do. */
  readonly autoPublish?: boolean;
  /**
   * Begins with the stream that the option `publish` of `join` publishes, which opens its devices while joining. Default
   * false.
   */
  readonly fromJoin?: boolean;
  /**
   * Also shows and changes what other code on this page publishes from the same source, a screen or camera and microphone, while
   * nothing is published here. Disconnecting does not end such a stream. Default false.
   */
  readonly adopt?: boolean;
  /** Keeps the publication on the devices that the user chooses: what `createDevices` or `useDevices` returns. */
  readonly devices?: { follow(stream: FollowedStream): () => void } | undefined;
};

/** The changes of one's own publication. None ever rejects: `error` says what failed. */
export interface PublicationActions {
  /**
   * Publishes with `options`, or else with the current ones, and ends what was published before. What the user muted stays
   * muted. Does nothing while it is starting.
   */
  readonly publish: (options?: PublishOptions) => Promise<void>;
  /** Ends the publication and frees its devices, also while it is starting. */
  readonly stop: () => Promise<void>;
  /**
   * Turns the publication on or off: publishes, then mutes and unmutes, or ends a screen. With a kind, turns only that kind on
   * or off, and opens no other device. Does nothing while it is starting or that kind is changing, so that a double click
   * counts once.
   */
  readonly toggle: (kind?: TrackKind) => Promise<void>;
  /** Mutes a kind immediately. While it is starting, none of it is sent. */
  readonly mute: (kind: TrackKind) => Promise<void>;
  /** Unmutes a kind. It stays muted if that fails. */
  readonly unmute: (kind: TrackKind) => Promise<void>;
}

/** One's own publication as state, with its changes. */
export interface PublicationStore extends PublicationActions {
  /** The same object until something changes. */
  readonly getSnapshot: () => PublicationSnapshot;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Follows the conference until the returned function is called, which also ends the publication. Before and after that,
   * nothing is published. `readOptions` is called each time something is published. Can be called again.
   */
  readonly connect: (readOptions: () => PublicationOptions) => () => void;
}

/** A conference, as far as a publication needs it. */
export interface PublishingConference {
  readonly state: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  readonly published?: Promise<PublishedStream> | undefined;
  publishStream(options: PublishOptions): Promise<PublishedStream>;
  on(name: 'error', listener: (problem: { readonly error: ParleyError }) => void): () => void;
  on(name: 'muted-by-moderator', listener: () => void): () => void;
}
