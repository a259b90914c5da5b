import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import {
  type ConferenceEvent,
  type ConferenceState,
  type JsonObject,
  placeInHistory,
  reduce,
} from '@parley-rtc/contract';
import { muteKey } from '../conventions/track-mute.ts';
import { EndpointLostError, ListenerError, NotJoinedError } from '../errors/conference-errors.ts';
import type { EventFeed, EventFeedSink } from '../signalling/event-feed.ts';
import type { PublishedStream } from '../media/published-stream.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { alreadyThere } from './already-there.ts';
import { announcementsBetween } from './announcements.ts';
import { Announcer } from './announcer.ts';
import {
  type ConferenceSnapshot,
  createConferenceStore,
  type WritableConferenceStore,
} from './conference-store.ts';
import { endedConference } from './ended-conference.ts';
import type { EarlyPublication } from './early-publication.ts';
import type { Entered } from './enter-conference.ts';
import type { Farewell } from './farewell.ts';
import { type InsightVerbs, startOnDemand } from './insight.ts';
import type { JoinTiming } from './join-timing.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { nothingBlocked } from '../viewing/playback.ts';
import { MediaRoom, type MediaRoomOptions } from './media-room.ts';
import { type MetadataCalls, metadataCalls, type OwnIds } from './metadata-calls.ts';
import { watchPage } from './page-lifecycle.ts';
import type { TokenWatch } from './token-watch.ts';
import { sameSnapshot } from './same-snapshot.ts';
import { Seat, type SeatOptions } from './seat.ts';
import { selectRemoteStreams, selectSelf } from './selectors.ts';

export interface LeaveOptions {
  /** Free text for the others. */
  readonly reason?: string;
  readonly signal?: AbortSignal;
}

export interface SessionOptions {
  readonly api: RtcApi;
  readonly endpoint: UserEndpoint;
  readonly conference: ConferenceState;
  readonly access?: TokenWatch | undefined;
  readonly ice: MediaRoomOptions['ice'];
  readonly early?: EarlyPublication | undefined;
  readonly encryption?: MediaRoomOptions['encryption'];
  readonly timing: JoinTiming;
  readonly startFeed: (sink: EventFeedSink) => EventFeed;
  readonly enterAgain: SeatOptions['enterAgain'];
}

/** A stay in a conference, from the moment of joining to leaving or the end: everything behind a `Conference`. */
export class Session {
  readonly store: WritableConferenceStore;
  readonly announcer: Announcer;
  readonly media: MediaRoom;
  readonly metadata: MetadataCalls;
  /** What was to be published together with joining. */
  readonly published: Promise<PublishedStream> | undefined;
  /** What was measured last, while somebody listens to `quality-changed`. */
  readonly qualities: Map<string, StreamQuality> = new Map();
  readonly #options: SessionOptions;
  readonly #own: OwnIds;
  readonly #seat: Seat;
  readonly #feed: EventFeed;
  readonly #stopWatching: () => void;
  /** How we described ourselves last. */
  #metadata: JsonObject | undefined;
  /** Set once it is over. */
  #farewell: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { api, endpoint, conference, ice, access, timing, encryption, startFeed } = options;
    this.#options = options;
    const endpointId = () => this.#seat.endpointId;
    const own = {
      conferenceId: conference.id,
      get userEndpointId() {
        return endpointId();
      },
    };
    this.#own = own;
    const metadata = metadataCalls(api, own);
    this.metadata = metadata;
    const onProblem = (error: ParleyError) => this.announcer.tellError(error);
    this.store = createConferenceStore(
      {
        conference,
        endpointId: endpoint.id,
        connection: 'connected',
        playback: nothingBlocked,
        claims: access?.claims ?? {},
        network: undefined,
      },
      (called, cause) => onProblem(new ListenerError(called, { cause })),
    );
    if (access) access.onChanged = (claims) => this.#change({ claims });
    const { getSnapshot } = this.store;
    this.#seat = new Seat(endpoint, {
      api,
      conferenceId: conference.id,
      enterAgain: options.enterAgain,
      metadata: () => selectSelf(getSnapshot())?.metadata ?? this.#metadata,
      onOut: () => this.#change({ connection: 'reconnecting' }),
      onIn: (entered) => this.#onIn(entered),
      onGivenUp: (cause) => this.#giveUp(cause),
    });
    const insightVerbs: InsightVerbs = {
      connections: () => this.media.connections(),
      snapshot: getSnapshot,
      viewing: () => this.media.viewing(),
      announce: (announcements) => this.announcer.announce(announcements),
      remember: (streamId, quality) => void this.qualities.set(streamId, quality),
    };
    this.announcer = new Announcer(alreadyThere(getSnapshot, timing), startOnDemand(insightVerbs));
    this.media = new MediaRoom({
      api,
      own,
      ice,
      encryption,
      conference: () => getSnapshot().conference,
      setMuted: (streamId, kind, muted) =>
        metadata.change(muteKey(streamId, kind), muted ? 'true' : undefined),
      isInside: () => !this.#seat.isOutside && selectSelf(getSnapshot()) !== undefined,
      onRestored: (formerId, restored) =>
        this.announcer.announce([['stream-restored', { formerId, restored }]]),
      onPlayback: (playback) => this.#change({ playback }),
      onViewTimed: (timing) => this.announcer.announce([['view-timed', timing]]),
      onDecryption: (streamId, isDecrypted) => {
        const stream = selectRemoteStreams(getSnapshot()).find(({ id }) => id === streamId);
        if (stream) this.announcer.announce([['decryption-changed', { stream, isDecrypted }]]);
      },
      onProblem,
    });
    this.#feed = startFeed({
      conference: () => getSnapshot().conference,
      onEvent: (event) => this.#onEvent(event),
      onSnapshot: (snapshot) => this.#onConference(keepUnchanged(getSnapshot().conference, snapshot)),
      onConnection: (connection) => {
        // On our way back in the events may well come.
        if (!this.#seat.isOutside) this.#change({ connection });
      },
      onGone: () => void this.#finish({ connection: 'ended' }, {}),
      onProblem,
    });
    this.#stopWatching = watchPage({
      onGone: () => void this.#finish({ connection: 'left' }, { keepalive: true, leave: {} }),
      onAway: () => this.#seat.onAway(),
      onReturn: () => this.#seat.onReturn(),
      onBack: () => {
        this.#feed.nudge();
        this.media.check();
      },
    });
    this.published = options.early?.finish((wanted) => this.media.publish(wanted));
    // In a moment, when the app has had the time to listen.
    this.published?.catch((error: ParleyError) => setTimeout(() => onProblem(error)));
  }

  /** Our endpoint, as the server named it last. */
  get endpointId(): string {
    return this.#seat.endpointId;
  }

  /** @throws NotJoinedError (`ERR_NOT_JOINED`) once it is over. */
  assertJoined(): void {
    if (this.#farewell) throw new NotJoinedError();
  }

  leave(leave: LeaveOptions): Promise<void> {
    return this.#finish({ connection: 'left' }, { leave });
  }

  async end({ reason, signal }: LeaveOptions): Promise<void> {
    if (this.store.getSnapshot().connection === 'ended') return this.#farewell;
    this.assertJoined();
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
    this.#seat.onLost(cause);
  }

  /** We are inside again, and bring back what was published and viewed. */
  #onIn({ endpoint, conference }: Entered): void {
    const known = this.store.getSnapshot().conference;
    const isNewer = conference.version >= known.version;
    this.#change({
      conference: isNewer ? keepUnchanged(known, conference) : known,
      endpointId: endpoint.id,
      connection: 'connected',
    });
    this.media.renewAll();
  }

  #giveUp(cause: unknown): void {
    if (this.#farewell) return;
    this.announcer.tellError(new EndpointLostError({ cause }));
    void this.#finish({ connection: 'left' }, { leave: {} });
  }

  #onEvent(event: ConferenceEvent): void {
    const { conference } = this.store.getSnapshot();
    if (placeInHistory(conference, event) === 'next') this.#onConference(reduce(conference, event));
    if (event.type === 'ConferenceStreamLayersUpdatedEvent') {
      this.media.setActiveLayers(event.streamId, event.activeRids);
    }
    if (event.type === 'ConferenceNetworkIndicatorUpdatedEvent') {
      const { averageNetworkQuality, participantIndicatorMap: byEndpoint } = event;
      this.#change({ network: { averageNetworkQuality, byEndpoint } });
    }
    if (event.type === 'UnknownEvent') this.announcer.announce([['server-event', { event }]]);
  }

  #onConference(conference: ConferenceState): void {
    if (this.#farewell) return;
    if (conference.ended) {
      void this.#finish({ connection: 'ended', conference }, {});
      return;
    }
    const wasInside = selectSelf(this.store.getSnapshot());
    if (wasInside) this.#metadata = wasInside.metadata;
    this.#change({ conference });
    if (wasInside && !selectSelf(this.store.getSnapshot())) this.onEndpointLost();
  }

  /** State first, then what follows from it. */
  #change(change: Partial<ConferenceSnapshot>): void {
    if (!this.#farewell) this.announcer.announce(this.#move(change));
  }

  #move(change: Partial<ConferenceSnapshot>): ReturnType<typeof announcementsBetween> {
    const before = this.store.getSnapshot();
    const after = { ...before, ...change };
    if (sameSnapshot(before, after)) return [];
    this.store.set(after);
    this.media.follow(before.conference, after.conference);
    return announcementsBetween(before, after);
  }

  /** Ends the stay: everything closes at once, and the promise resolves when the server was told. */
  #finish(change: Partial<ConferenceSnapshot>, farewell: Farewell): Promise<void> {
    if (this.#farewell) return this.#farewell;
    this.#farewell = this.#seat.giveUp(farewell);
    this.#feed.stop();
    this.#stopWatching();
    this.media.close();
    this.announcer.finish(this.#move({ ...change, playback: nothingBlocked }));
    return this.#farewell;
  }
}
