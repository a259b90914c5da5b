import { NotFoundError, type CallOptions, type ParleyError, type RtcApi } from '@parley-rtc/client';
import {
  type ConferenceEvent,
  type ConferenceState,
  findParticipant,
  type JsonObject,
  placeInHistory,
  reduce,
} from '@parley-rtc/contract';
import { EndpointLostError, ListenerError, NotJoinedError } from '../errors/conference-errors.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream } from '../media/published-stream.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import type { EventFeed, EventFeedSink } from '../signalling/event-feed.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { announcementsBetween } from './announcements.ts';
import { Announcer } from './announcer.ts';
import {
  type ConferenceSnapshot,
  createConferenceStore,
  type WritableConferenceStore,
} from './conference-store.ts';
import { endedConference } from './ended-conference.ts';
import { type Farewell, sayFarewell } from './farewell.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { MediaRoom } from './media-room.ts';
import { watchPage } from './page-lifecycle.ts';
import { selectRemoteParticipants, selectRemoteStreams } from './selectors.ts';

export interface LeaveOptions {
  /** Free text for the others. */
  readonly reason?: string;
  readonly signal?: AbortSignal;
}

export interface SessionOptions {
  readonly api: RtcApi;
  readonly endpoint: UserEndpoint;
  readonly conference: ConferenceState;
  readonly iceServers: readonly RTCIceServer[];
  readonly startFeed: (sink: EventFeedSink) => EventFeed;
}

/** A stay in a conference, from the moment of joining to leaving or the end: everything behind a `Conference`. */
export class Session {
  readonly id: string;
  readonly endpointId: string;
  readonly store: WritableConferenceStore;
  readonly announcer: Announcer;
  readonly #options: SessionOptions;
  readonly #media: MediaRoom;
  readonly #feed: EventFeed;
  readonly #stopWatching: () => void;
  /** Set once it is over. */
  #farewell: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { api, endpoint, conference, iceServers, startFeed } = options;
    this.#options = options;
    this.id = conference.id;
    this.endpointId = endpoint.id;
    const onProblem = (error: ParleyError) => this.announcer.tellError(error);
    this.store = createConferenceStore(
      { conference, endpointId: endpoint.id, connection: 'connected' },
      (cause) => onProblem(new ListenerError('state', { cause })),
    );
    const { getSnapshot } = this.store;
    this.announcer = new Announcer({
      'participant-joined': {
        list: () => selectRemoteParticipants(getSnapshot()).map((participant) => ({ participant })),
        idOf: ({ participant }) => participant.id,
      },
      'stream-published': {
        list: () => selectRemoteStreams(getSnapshot()).map((stream) => ({ stream })),
        idOf: ({ stream }) => stream.id,
      },
    });
    this.#media = new MediaRoom({
      api,
      conferenceId: this.id,
      endpointId: endpoint.id,
      iceServers,
      conference: () => getSnapshot().conference,
      setMuted: (streamId, kind, muted) =>
        this.changeMetadata(`TRACK_MUTED/${kind}/${streamId}`, muted ? 'true' : undefined, {}),
      onProblem,
    });
    this.#feed = startFeed({
      conference: () => getSnapshot().conference,
      onEvent: (event) => this.#onEvent(event),
      onSnapshot: (snapshot) => this.#onConference(keepUnchanged(getSnapshot().conference, snapshot)),
      onConnection: (connection) => this.#change({ connection }),
      onGone: () => void this.#finish({ connection: 'ended' }, {}),
      onProblem,
    });
    this.#stopWatching = watchPage({
      onGone: () => void this.#finish({ connection: 'left' }, { keepalive: true, leave: {} }),
      onBack: () => this.#feed.nudge(),
    });
  }

  async publishStream(options: PublishOptions): Promise<PublishedStream> {
    this.#assertJoined();
    return this.#media.publish(options);
  }

  async viewStream(streamId: string, options: ViewOptions): Promise<ViewedStream> {
    this.#assertJoined();
    return this.#media.view(streamId, options);
  }

  /** Sets an entry of the conference's metadata, or removes it when `value` is undefined. */
  async changeMetadata(key: string, value: string | undefined, options: CallOptions): Promise<void> {
    this.#assertJoined();
    const change =
      value === undefined ? { operation: 'REMOVE' as const } : { operation: 'SET' as const, value };
    await this.#options.api.updateMetadata({ ...this.#own, key, ...change }, options);
  }

  async setParticipantMetadata(newMetadata: JsonObject, options: CallOptions): Promise<void> {
    this.#assertJoined();
    await this.#options.api.updateParticipantMetadata({ ...this.#own, newMetadata }, options);
  }

  leave(leave: LeaveOptions): Promise<void> {
    return this.#finish({ connection: 'left' }, { leave });
  }

  async end({ reason, signal }: LeaveOptions): Promise<void> {
    if (this.store.getSnapshot().connection === 'ended') return this.#farewell;
    this.#assertJoined();
    try {
      await this.#options.api.end(
        { ...this.#own, ...(reason !== undefined && { reason }) },
        { ...(signal && { signal }) },
      );
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof NotFoundError)) throw error;
    }
    this.#onConference(endedConference(this.store.getSnapshot().conference, reason));
    return this.#farewell;
  }

  onEndpointLost(cause?: unknown): void {
    if (this.#farewell) return;
    this.announcer.tellError(new EndpointLostError({ cause }));
    void this.#finish({ connection: 'left' }, { leave: {} });
  }

  get #own(): { readonly conferenceId: string; readonly userEndpointId: string } {
    return { conferenceId: this.id, userEndpointId: this.endpointId };
  }

  #assertJoined(): void {
    if (this.#farewell) throw new NotJoinedError();
  }

  #onEvent(event: ConferenceEvent): void {
    const { conference } = this.store.getSnapshot();
    if (placeInHistory(conference, event) === 'next') this.#onConference(reduce(conference, event));
    if (event.type === 'UnknownEvent' || event.type === 'ConferenceNetworkIndicatorUpdatedEvent') {
      this.announcer.announce([['server-event', { event }]]);
    }
  }

  #onConference(conference: ConferenceState): void {
    if (this.#farewell) return;
    if (conference.ended) {
      void this.#finish({ connection: 'ended', conference }, {});
      return;
    }
    const wasInside = findParticipant(this.store.getSnapshot().conference, this.endpointId);
    this.#change({ conference });
    if (wasInside && !findParticipant(conference, this.endpointId)) this.onEndpointLost();
  }

  /** State first, then what follows from it. */
  #change(change: Partial<ConferenceSnapshot>): void {
    if (!this.#farewell) this.announcer.announce(this.#move(change));
  }

  #move(change: Partial<ConferenceSnapshot>): ReturnType<typeof announcementsBetween> {
    const before = this.store.getSnapshot();
    const after = { ...before, ...change };
    if (after.conference === before.conference && after.connection === before.connection) return [];
    this.store.set(after);
    this.#media.closeGone(before.conference, after.conference);
    return announcementsBetween(before, after);
  }

  /** Ends the stay: everything closes at once, and the promise resolves when the server was told. */
  #finish(change: Partial<ConferenceSnapshot>, farewell: Farewell): Promise<void> {
    if (this.#farewell) return this.#farewell;
    const { api, endpoint } = this.#options;
    this.#farewell = sayFarewell(api, endpoint, this.id, farewell);
    this.#feed.stop();
    this.#stopWatching();
    this.#media.close();
    this.announcer.finish(this.#move(change));
    return this.#farewell;
  }
}
