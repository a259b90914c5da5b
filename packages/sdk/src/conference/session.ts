import { atBoundary, NotFoundError, type Log, type ParleyError } from '@parley-rtc/client';
import {
  findParticipant,
  type ConferenceEvent,
  type ConferenceState,
  type JsonObject,
} from '@parley-rtc/contract';
import { alreadyThere } from '../announcing/already-there.ts';
import { announcementsBetween } from '../announcing/announcements.ts';
import { Announcer } from '../announcing/announcer.ts';
import { departureOf } from '../announcing/departure.ts';
import { muteKey } from '../conventions/track-mute.ts';
import { EndpointLostError, ListenerError, NotJoinedError } from '../errors/conference-errors.ts';
import { removalIn } from '../errors/removal-in.ts';
import { loadPart } from '../load-part.ts';
import type { Entered } from '../presence/enter-conference.ts';
import type { Farewell } from '../presence/farewell.ts';
import { watchPage } from '../presence/page-lifecycle.ts';
import { Rejoiner } from '../presence/rejoiner.ts';
import type { Presence } from '../presence/send-inside.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { RecordingCalls } from '../recording/recording-calls.ts';
import type { EventFeed } from '../signalling/event-feed.ts';
import {
  createConferenceStore,
  type ConferenceSnapshot,
  type Removal,
  type WritableConferenceStore,
} from '../state/conference-store.ts';
import { nothingBlocked } from '../state/playback.ts';
import { selectRemoteStreams, selectSelf } from '../state/selectors.ts';
import { keepUnchanged, sameSnapshot } from '../state/unchanged.ts';
import { untilState } from '../state/until-state.ts';
import { endConference, endedConference } from './end-conference.ts';
import { startOnDemand } from './insight.ts';
import type { InsightVerbs } from './measure-streams.ts';
import { Messaging } from './messaging.ts';
import { metadataCalls, type MetadataCalls, type OwnIds } from './metadata-calls.ts';
import { moderating, type Moderating } from './moderating.ts';
import { OpenMedia } from './open-media.ts';
import type { LeaveOptions, SessionOptions } from './session-options.ts';

/** Everything behind a `Conference`, from joining until leaving or the end. */
export class Session {
  readonly store: WritableConferenceStore;
  readonly announcer: Announcer;
  readonly media: OpenMedia;
  readonly metadata: MetadataCalls;
  readonly messages: Messaging;
  readonly moderating: Moderating;
  /** The outcome of publishing together with joining; undefined without it. */
  readonly published: Promise<PublishedStream> | undefined;
  /** The last measurements of what is open, made while `quality-changed` has a listener. */
  readonly qualities: Map<string, StreamQuality> = new Map();
  readonly #options: SessionOptions;
  readonly #log: Log;
  readonly #own: OwnIds;
  readonly #presence: Presence;
  readonly #rejoiner: Rejoiner;
  readonly #feed: EventFeed;
  readonly #stopWatching: () => void;
  /** Our metadata, as last known. */
  #metadata: JsonObject | undefined;
  /** Set once we have left or the conference has ended. */
  #farewell: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { api, logs, endpoint, conference, ice, access, timing, encryption, startFeed } = options;
    const log = logs('conference');
    this.#options = options;
    this.#log = log;
    const endpointId = () => this.#rejoiner.endpointId;
    const own = {
      conferenceId: conference.id,
      get userEndpointId() {
        return endpointId();
      },
    };
    this.#own = own;
    const presence: Presence = {
      isOutside: () => this.#isOutside,
      untilInside: (signal) => this.#untilInside(signal),
      isDropped: (cause) => this.#rejoiner.isDropped(cause),
    };
    this.#presence = presence;
    const metadata = metadataCalls(api, own, presence);
    this.metadata = metadata;
    const onProblem = (error: ParleyError) => {
      log('warn', 'problem', {}, error);
      this.announcer.tellError(error);
    };
    this.store = createConferenceStore(
      {
        conference,
        endpointId: endpoint.id,
        connection: 'connected',
        ownStreams: [],
        playback: nothingBlocked,
        claims: access?.claims ?? {},
        network: undefined,
        permissions: findParticipant(conference, endpoint.id)?.permissions,
        removal: undefined,
      },
      (called, cause) => onProblem(new ListenerError(called, { cause })),
    );
    if (access) access.onChanged = (claims) => this.#change({ claims });
    const { getSnapshot } = this.store;
    this.#rejoiner = new Rejoiner(endpoint, {
      api,
      conferenceId: conference.id,
      enterAgain: options.enterAgain,
      metadata: () => selectSelf(getSnapshot())?.metadata ?? this.#metadata,
      onOut: () => this.#change({ connection: 'reconnecting' }),
      onIn: (entered) => this.#onIn(entered),
      onGivenUp: (cause) => this.#giveUp(cause),
      onGone: (cause) => this.#onGone(cause),
      log: logs('endpoint'),
    });
    this.moderating = moderating({
      api,
      own,
      store: this.store,
      presence,
      announcer: () => this.announcer,
      assertJoined: () => this.assertJoined(),
      onProblem,
      log: logs('moderation'),
    });
    const insightVerbs: InsightVerbs = {
      connections: () => this.media.connections(),
      snapshot: getSnapshot,
      viewing: () => this.media.viewing(),
      announce: (announcements) => this.announcer.announce(announcements),
      remember: (streamId, quality) => {
        if (this.media.isOpen(streamId)) this.qualities.set(streamId, quality);
      },
    };
    this.announcer = new Announcer(
      alreadyThere(getSnapshot, timing),
      startOnDemand(insightVerbs, () => this.messages.listen(), this.moderating.loadGuests, onProblem),
    );
    const permissions = () => getSnapshot().permissions;
    this.messages = new Messaging({
      api,
      own,
      presence,
      permissions,
      withHistory: options.withMessageHistory ?? false,
      encryption,
      conference: () => getSnapshot().conference,
      announce: (announcements) => this.announcer.announce(announcements),
      onProblem,
      onOpened: () => this.#feed.nudge(),
    });
    this.media = new OpenMedia({
      api,
      own,
      logs,
      ice,
      encryption,
      conference: () => getSnapshot().conference,
      permissions,
      onMutedBy: (stream, kind, mutedBy) =>
        this.announcer.announce([['muted-by-moderator', { stream, kind, mutedBy }]]),
      setMuted: (streamId, kind, muted) =>
        metadata.change(muteKey(streamId, kind), muted ? 'true' : undefined),
      presence,
      isInside: () => !this.#rejoiner.isOutside && selectSelf(getSnapshot()) !== undefined,
      onRestored: (formerId, restored) => {
        this.qualities.delete(formerId);
        this.announcer.announce([['stream-restored', { formerId, restored }]]);
      },
      onClosed: (streamId) => void this.qualities.delete(streamId),
      onOwnStreams: (ownStreams) => this.#change({ ownStreams }),
      onPlayback: (playback) => this.#change({ playback }),
      onViewTimed: (timing) => {
        logs('view')('info', 'first frame', { ...timing });
        this.announcer.announce([['view-timed', timing]]);
      },
      onDecryption: (streamId, isDecrypted) => {
        const stream = selectRemoteStreams(getSnapshot()).find(({ id }) => id === streamId);
        if (stream) this.announcer.announce([['decryption-changed', { stream, isDecrypted }]]);
      },
      onProblem,
    });
    this.#feed = startFeed({
      conference: () => getSnapshot().conference,
      onEvent: (event, conference) => this.#onEvent(event, conference),
      onSnapshot: (snapshot) => {
        this.#onConference(keepUnchanged(getSnapshot().conference, snapshot), () =>
          this.#rejoiner.onMissing(),
        );
      },
      onConnection: (connection) => {
        // Events may arrive while we are still rejoining.
        if (!this.#rejoiner.isOutside) this.#change({ connection });
      },
      onGone: (cause) => this.#onGone(cause),
      onProblem,
    });
    this.#stopWatching = watchPage({
      onGone: () => void this.#finish({ connection: 'left' }, { keepalive: true, leave: {} }),
      onAway: () => this.#rejoiner.onAway(),
      onReturn: () => this.#rejoiner.onReturn(),
      onBack: (event) => {
        logs('page')('info', event?.type ?? 'another network');
        this.#feed.nudge();
        this.media.check();
      },
    });
    const { early } = options;
    const publish = (publishOptions: PublishOptions) => this.media.publish(publishOptions);
    this.published = early && atBoundary('publishStream', () => early.finish(publish));
    // Deferred, so that the app can add a listener first.
    this.published?.catch((error: ParleyError) => setTimeout(() => onProblem(error)));
  }

  /** Our endpoint id, as last assigned by the server. */
  get endpointId(): string {
    return this.#rejoiner.endpointId;
  }

  /** @throws NotJoinedError (`ERR_NOT_JOINED`) after leaving or the end. */
  assertJoined(): void {
    if (this.#farewell) throw new NotJoinedError();
  }

  leave(leave: LeaveOptions): Promise<void> {
    return this.#finish({ connection: 'left' }, { leave });
  }

  async end({ reason, signal }: LeaveOptions): Promise<void> {
    if (this.#isEnded) return this.#farewell;
    this.assertJoined();
    await endConference(this.#options.api, this.#own, {
      reason,
      signal,
      rejoin: async (cause, deadline) => {
        this.onEndpointLost(cause);
        await this.#untilInside(deadline);
        if (!this.#isEnded) this.assertJoined();
        return !this.#isEnded;
      },
    });
    this.#onConference(endedConference(this.store.getSnapshot().conference, reason));
    return this.#farewell;
  }

  /** Loads the code for recording on the server. */
  async recording(): Promise<RecordingCalls> {
    const { RecordingCalls } = await loadPart('recording', () => import('../recording/recording-calls.ts'));
    const { api, encryption } = this.#options;
    return new RecordingCalls({
      api,
      own: this.#own,
      presence: this.#presence,
      isEncrypted: encryption !== undefined,
    });
  }

  onEndpointLost(cause?: unknown): void {
    this.#rejoiner.onLost(cause);
  }

  get #isEnded(): boolean {
    return this.store.getSnapshot().connection === 'ended';
  }

  /** Whether we are rejoining. */
  get #isOutside(): boolean {
    return this.#rejoiner.isOutside && !this.#farewell;
  }

  /**
   * Resolves immediately unless we are rejoining, then once we are inside again or out for good, or `signal` aborts. The server
   * refuses the media of an endpoint that is rejoining, but apps view streams as soon as they are announced.
   */
  #untilInside(signal: AbortSignal): Promise<void> {
    return untilState(this.store, () => !this.#isOutside, signal);
  }

  /** Restores what was published and viewed, now that we have rejoined. */
  #onIn({ endpoint, conference }: Entered): void {
    const known = this.store.getSnapshot().conference;
    this.#change({
      conference: keepUnchanged(known, this.#feed.resume(conference)),
      endpointId: endpoint.id,
      connection: 'connected',
    });
    this.media.renewAll();
  }

  #giveUp(cause: unknown): void {
    if (this.#farewell) return;
    if (removalIn(cause)) return this.#onGone(cause);
    this.#log('error', 'gave up', {}, cause);
    this.announcer.tellError(new EndpointLostError({ cause }));
    void this.#finish({ connection: 'left' }, { leave: {} });
  }

  /** The conference is over, a moderator removed us, for example while we were offline, or our login is no longer accepted. */
  #onGone(cause: unknown): void {
    const removal = removalIn(cause);
    if (!removal && !(cause instanceof NotFoundError)) return this.#giveUp(cause);
    void this.#finish(
      removal
        ? { connection: 'removed', removal: { reason: undefined, removedBy: undefined, ...removal } }
        : { connection: 'ended' },
      {},
    );
  }

  #onEvent(event: ConferenceEvent, conference: ConferenceState | undefined): void {
    const left = event.type === 'ConferenceLeftEvent' ? event : undefined;
    const departure = left && departureOf(left);
    if (conference?.ended) this.#onEnd(conference);
    else if (conference && departure?.removedBy && left?.userEndpointId === this.endpointId)
      void this.#finish({ connection: 'removed', removal: departure, conference }, {});
    else if (conference) this.#onConference(conference, undefined, departure);
    if (event.type === 'ConferenceStreamLayersUpdatedEvent') {
      this.media.setActiveLayers(event.streamId, event.activeRids);
    }
    if (event.type === 'ConferenceStreamMovingEvent') this.media.move(event);
    if (event.type === 'ConferenceNetworkIndicatorUpdatedEvent') {
      const { averageNetworkQuality, participantIndicatorMap: byEndpoint } = event;
      this.#change({ network: { averageNetworkQuality, byEndpoint } });
    }
    if (event.type === 'ConferenceMessageSentEvent' || event.type === 'ConferenceMessagesPlacedEvent') {
      this.messages.take(event);
    }
    if (event.type === 'UnknownEvent') this.announcer.announce([['server-event', { event }]]);
  }

  /** Messages precede the end, but decrypting them takes time. */
  #onEnd(conference: ConferenceState): void {
    const settled = this.messages.settled();
    // Nothing follows the end.
    this.#feed.stop();
    if (settled) void settled.then(() => this.#onConference(conference));
    else this.#onConference(conference);
  }

  #onConference(
    conference: ConferenceState,
    onMissing: () => void = () => this.onEndpointLost(),
    departure?: Removal,
  ): void {
    if (this.#farewell) return;
    if (conference.ended) {
      void this.#finish({ connection: 'ended', conference }, {});
      return;
    }
    const wasInside = selectSelf(this.store.getSnapshot());
    if (wasInside) this.#metadata = wasInside.metadata;
    this.#change({ conference }, departure);
    if (wasInside && !selectSelf(this.store.getSnapshot())) onMissing();
  }

  /** Updates the state before announcing, so that listeners read the new state. */
  #change(change: Partial<ConferenceSnapshot>, departure?: Removal): void {
    if (!this.#farewell) this.announcer.announce(this.#move(change, departure));
  }

  #move(change: Partial<ConferenceSnapshot>, departure?: Removal): ReturnType<typeof announcementsBetween> {
    const before = this.store.getSnapshot();
    const changed = { ...before, ...change };
    // While we are outside, the last known permissions remain.
    const after = { ...changed, permissions: selectSelf(changed)?.permissions ?? before.permissions };
    if (sameSnapshot(before, after)) return [];
    this.store.set(after);
    this.media.follow(before.conference, after.conference);
    const announcements = announcementsBetween(before, after, departure);
    const events = announcements.map(([name]) => name).join() || undefined;
    this.#log('debug', 'state changed', { version: after.conference.version, events });
    return announcements;
  }

  /** Closes everything immediately. Resolves once the server knows that we left, or cannot be reached. */
  #finish(change: Partial<ConferenceSnapshot>, farewell: Farewell): Promise<void> {
    if (this.#farewell) return this.#farewell;
    this.#log('info', change.connection === 'left' ? 'leaving' : (change.connection ?? ''));
    // Not awaited: a server that does it itself, or does not answer, would delay leaving.
    if (farewell.leave) void this.media.forgetMuted();
    this.#farewell = this.#rejoiner.giveUp(farewell);
    this.#feed.stop();
    this.#stopWatching();
    this.media.close();
    this.messages.close();
    this.announcer.finish(this.#move({ ...change, ownStreams: [], playback: nothingBlocked }));
    return this.#farewell;
  }
}
