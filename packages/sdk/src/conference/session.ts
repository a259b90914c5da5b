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
import type { StreamQuality } from '../quality/quality-of.ts';
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
import { keepTrying } from './keep-trying.ts';
import { type InsightVerbs, startOnDemand } from './insight.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { nothingBlocked } from '../viewing/playback.ts';
import { MediaRoom, type MediaRoomOptions } from './media-room.ts';
import { type MetadataCalls, metadataCalls, type OwnIds } from './metadata-calls.ts';
import { watchPage } from './page-lifecycle.ts';
import type { TokenWatch } from './token-watch.ts';
import { sameSnapshot } from './same-snapshot.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf } from './selectors.ts';

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
  readonly startFeed: (sink: EventFeedSink) => EventFeed;
  /** Enters once more, best with the same endpoint id, and reads the state. */
  readonly enterAgain: (
    endpointId: string,
    metadata: JsonObject | undefined,
    signal: AbortSignal,
  ) => Promise<Pick<SessionOptions, 'endpoint' | 'conference'>>;
}

/** What is needed to come back in. */
interface Outside {
  readonly signal: AbortSignal;
  readonly endpointId: string;
  readonly metadata: JsonObject | undefined;
  /** Settles when the server was told that we went, if it was we who did. */
  readonly farewell?: Promise<void>;
}

/** Who is let go again so soon after coming back is not wanted, or has a twin with the same endpoint id. */
const shortestStayMs = 10_000;

/** A stay in a conference, from the moment of joining to leaving or the end: everything behind a `Conference`. */
export class Session {
  readonly store: WritableConferenceStore;
  readonly announcer: Announcer;
  readonly media: MediaRoom;
  readonly metadata: MetadataCalls;
  /** What was measured last, while somebody listens to `quality-changed`. */
  readonly qualities: Map<string, StreamQuality> = new Map();
  readonly #options: SessionOptions;
  readonly #own: OwnIds;
  #endpoint: UserEndpoint;
  /** Set while we are on our way back in. */
  #rejoining: AbortController | undefined;
  /** Set while the page is in the browser's back/forward cache. */
  #away: Outside | undefined;
  #enteredAtMs = -Infinity;
  readonly #feed: EventFeed;
  readonly #stopWatching: () => void;
  /** How we described ourselves last. */
  #metadata: JsonObject | undefined;
  /** Set once it is over. */
  #farewell: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { api, endpoint, conference, ice, access, startFeed } = options;
    this.#options = options;
    this.#endpoint = endpoint;
    const endpointId = () => this.#endpoint.id;
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
        authorities: access?.authorities ?? [],
        network: undefined,
      },
      (cause) => onProblem(new ListenerError('state', { cause })),
    );
    if (access) access.onChanged = (authorities) => this.#change({ authorities });
    const { getSnapshot } = this.store;
    const insightVerbs: InsightVerbs = {
      connections: () => this.media.connections(),
      snapshot: getSnapshot,
      viewing: () => this.media.viewing(),
      announce: (announcements) => this.announcer.announce(announcements),
      remember: (streamId, quality) => void this.qualities.set(streamId, quality),
    };
    this.announcer = new Announcer(
      {
        'participant-joined': {
          list: () => selectRemoteParticipants(getSnapshot()).map((participant) => ({ participant })),
          idOf: ({ participant }) => participant.id,
        },
        'stream-published': {
          list: () => selectRemoteStreams(getSnapshot()).map((stream) => ({ stream })),
          idOf: ({ stream }) => stream.id,
        },
      },
      startOnDemand(insightVerbs),
    );
    this.media = new MediaRoom({
      api,
      own,
      ice,
      conference: () => getSnapshot().conference,
      setMuted: (streamId, kind, muted) =>
        metadata.change(muteKey(streamId, kind), muted ? 'true' : undefined),
      isInside: () => !this.#rejoining && selectSelf(getSnapshot()) !== undefined,
      onRestored: (formerId, restored) =>
        this.announcer.announce([['stream-restored', { formerId, restored }]]),
      onPlayback: (playback) => this.#change({ playback }),
      onProblem,
    });
    this.#feed = startFeed({
      conference: () => getSnapshot().conference,
      onEvent: (event) => this.#onEvent(event),
      onSnapshot: (snapshot) => this.#onConference(keepUnchanged(getSnapshot().conference, snapshot)),
      onConnection: (connection) => {
        // On our way back in the events may well come.
        if (!this.#rejoining) this.#change({ connection });
      },
      onGone: () => void this.#finish({ connection: 'ended' }, {}),
      onProblem,
    });
    this.#stopWatching = watchPage({
      onGone: () => void this.#finish({ connection: 'left' }, { keepalive: true, leave: {} }),
      onAway: () => this.#goAway(),
      onReturn: () => void (this.#away && this.#comeBack(this.#away)),
      onBack: () => {
        this.#feed.nudge();
        this.media.check();
      },
    });
  }

  /** Our endpoint, as the server named it last. */
  get endpointId(): string {
    return this.#endpoint.id;
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
    if (this.#farewell || this.#rejoining) return;
    if (Date.now() - this.#enteredAtMs < shortestStayMs) this.#giveUp(cause);
    else void this.#comeBack(this.#stepOut());
  }

  /** Nobody is to see a participant whose page was left; whoever comes back to it is inside again. */
  #goAway(): void {
    if (this.#rejoining) return;
    const outside = this.#stepOut();
    const { api } = this.#options;
    const farewell = sayFarewell(api, this.#endpoint, this.#own.conferenceId, { keepalive: true, leave: {} });
    this.#away = { ...outside, farewell };
  }

  /** From here on we are on our way back in, and nothing else tries. */
  #stepOut(): Outside {
    const rejoining = new AbortController();
    this.#rejoining = rejoining;
    this.#endpoint.stop();
    this.#change({ connection: 'reconnecting' });
    const metadata = selectSelf(this.store.getSnapshot())?.metadata ?? this.#metadata;
    return { signal: rejoining.signal, endpointId: this.#endpoint.id, metadata };
  }

  /** Comes back with the same metadata, and brings back what was published and viewed. */
  async #comeBack({ signal, endpointId, metadata, farewell }: Outside): Promise<void> {
    this.#away = undefined;
    try {
      await farewell;
      const { endpoint, conference } = await keepTrying(
        () => this.#options.enterAgain(endpointId, metadata, signal),
        signal,
      );
      if (this.#farewell)
        return void sayFarewell(this.#options.api, endpoint, this.#own.conferenceId, { leave: {} });
      this.#endpoint = endpoint;
      this.#enteredAtMs = Date.now();
      const known = this.store.getSnapshot().conference;
      const isNewer = conference.version >= known.version;
      this.#change({
        conference: isNewer ? keepUnchanged(known, conference) : known,
        endpointId: endpoint.id,
        connection: 'connected',
      });
      this.#rejoining = undefined;
      this.media.renewAll();
    } catch (error) {
      this.#giveUp(error);
    }
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
    const { api } = this.#options;
    this.#rejoining?.abort();
    this.#farewell = sayFarewell(api, this.#endpoint, this.#own.conferenceId, farewell);
    this.#feed.stop();
    this.#stopWatching();
    this.media.close();
    this.announcer.finish(this.#move({ ...change, playback: nothingBlocked }));
    return this.#farewell;
  }
}
