import type { PushStart, RtcApi } from '@parley-rtc/client';
import {
  createdConference,
  decodeEvent,
  findParticipant,
  mayPublish,
  permissionsKey,
  reduce,
  type ConferenceState,
  type IceServer,
  type PermissionChanges,
} from '@parley-rtc/contract';
import type { Call, Interceptor } from './call.ts';
import { FakeMessages, type Reader } from './fake-messages.ts';
import { FakeModeration } from './fake-moderation.ts';
import { FakePolls } from './fake-polls.ts';
import { FakePushes } from './fake-pushes.ts';

/** What a server gives the conferences that it creates. */
export interface ServerStateOptions {
  readonly endpoints?: Set<string>;
  /** Fields of the event that creates the conference. */
  readonly created?: { readonly organizationId?: string };
}

/** What the fake server remembers of one conference, and how it changes. It uses `setTimeout`, so fake timers control it. */
export class ServerState {
  readonly calls: Call[] = [];
  /** The registered endpoints, which conferences of one server share. */
  readonly endpoints: Set<string>;
  readonly views: Map<string, string> = new Map();
  /** How the publication of each stream was answered, for servers that answer repeated commands as before. */
  readonly published: Map<string, { readonly sdpOffer: string; readonly answer: unknown }> = new Map();
  /** The endpoint of each view. */
  readonly viewers: Map<string, string> = new Map();
  readonly moderation: FakeModeration = new FakeModeration();
  /** Whether it enforces permissions and has moderators and a waiting room, as Parley's server does. */
  hasModeration = false;
  /** Undefined once the server has forgotten the conference. */
  conference: ConferenceState | undefined;
  /** False for a server without the platform routes (endpoints and ICE servers). */
  hasPlatformRoutes = true;
  /** Whether it supports entering at once, as Parley's server does. */
  entersAtOnce = false;
  /** Whether it supports `iceRestart`, as Parley's server does. */
  restartsIce = true;
  /** Whether it supports the push, as Parley's server does. */
  hasPush = false;
  iceServers: readonly IceServer[] = [{ urls: ['stun:stun.example.com'] }];
  /** Treats `v` as the last known event instead of the next requested one. */
  exclusiveBoundary = false;
  /** Whether it identifies versions and refuses those it does not have, as Parley's server does. */
  identifiesVersions = true;
  /** How many events the snapshots are behind, like those of a lagging replica. */
  lag = 0;
  intercept: Interceptor = () => {};
  /** Changes what a poll returns, as bad networks and other servers do. */
  distort: (events: readonly unknown[]) => readonly unknown[] = (events) => events;
  /** The state at each version since the creation. */
  readonly #history: ConferenceState[];
  #events: { readonly conferenceVersion: number; readonly [name: string]: unknown }[] = [];
  readonly polls: FakePolls = new FakePolls();
  readonly messages: FakeMessages = new FakeMessages();
  /** Whether it supports messages, as Parley's server does. */
  hasMessages = true;
  /** Whether it records, as Parley's server does with a folder. */
  hasRecording = true;
  /** The recording that runs. */
  recordingId: string | undefined;
  /** When it started, as ISO 8601. */
  recordingStartedAt: string | undefined;
  readonly #pushes = new FakePushes((reader) => this.messagesFor(reader));
  /** Makes ids unique among the conferences of one server. */
  readonly #idSuffix: string;
  /** Whether it is part of a server that keeps all rules, beyond those that the SDK notices. */
  readonly #isWhole: boolean;
  #created: object = {};
  #lastId = 0;

  constructor(conferenceId = 'room', options: ServerStateOptions = {}) {
    this.endpoints = options.endpoints ?? new Set();
    this.#idSuffix = options.endpoints ? `@${conferenceId}` : '';
    this.#isWhole = options.endpoints !== undefined;
    this.conference = this.#create(conferenceId, options.created);
    this.#history = [this.conference];
  }

  /** Returns a unique id. */
  newId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${this.#lastId}${this.#idSuffix}`;
  }

  /** Opens a push, if the server supports it. */
  openPush(start: PushStart): ReturnType<FakePushes['open']> | undefined {
    return this.hasPush && this.conference ? this.#pushes.open(start) : undefined;
  }

  /** Number of polls that wait for an event. */
  get parkedPolls(): number {
    return this.polls.size;
  }

  /** Appends an event to the history, as a command does. */
  append(event: { readonly type: string; readonly [name: string]: unknown }): void {
    if (!this.conference) throw new Error('The conference is gone.');
    const { id: conferenceId, version } = this.conference;
    const stamped = {
      id: this.newId('e'),
      timestamp: now(),
      conferenceId,
      conferenceVersion: version,
      ...this.#organization,
      ...event,
    };
    this.conference = reduce(this.conference, decodeEvent(stamped));
    this.#history.push(this.conference);
    this.#events.push(stamped);
    this.#pushes.send(stamped);
    this.wake();
  }

  /** Number of open pushes. */
  get openPushes(): number {
    return this.#pushes.openCount;
  }

  /** Pushes an event that is not part of the history. */
  sendOutside(event: { readonly type: string; readonly [name: string]: unknown }): void {
    const conferenceId = this.conference?.id;
    const id = this.newId('e');
    this.#pushes.send({ id, timestamp: now(), conferenceId, conferenceVersion: null, ...event });
  }

  /** What a reader receives now: nothing while it is outside. */
  messagesFor(reader: Reader): readonly object[] {
    const { conference, hasMessages, messages } = this;
    const isInside = conference && findParticipant(conference, reader.userEndpointId ?? '');
    if (!hasMessages || (!isInside && !conference?.ended)) return [];
    const { id: conferenceId } = conference;
    return messages
      .for(reader)
      .map((message) => ({ timestamp: now(), ...this.#organization, ...message, conferenceId }));
  }

  /** Delivers messages to those who wait for them. */
  tellMessages(): void {
    this.#pushes.sendMessages();
    this.polls.wake(true);
  }

  /** Breaks every push, as a network does. */
  breakPushes(): void {
    this.#pushes.breakAll();
  }

  /** Silences all pushes, as a dead network does. */
  silencePushes(isSilent = true): void {
    this.#pushes.isSilent = isSilent;
  }

  /** Breaks every waiting poll, as a network does. */
  breakPolls(): void {
    this.polls.breakAll();
  }

  /** Completes all waiting polls. */
  wake(): void {
    this.polls.wake();
  }

  /** Starts another history, as a restart without data does: nobody is inside, and no endpoint is known. */
  startOver(): void {
    this.setBack(0);
    this.conference = this.#create(this.conference?.id ?? 'room');
    this.#history[0] = this.conference;
    this.endpoints.clear();
  }

  /** Continues from an earlier state, as a restart on an older copy of the data does. Connections stay open. */
  setBack(version: number): void {
    const state = this.#history[version];
    if (!state) throw new Error(`The history has no version ${version}.`);
    this.conference = state;
    this.#history.length = version + 1;
    this.#events = this.#events.slice(0, version);
    this.#pushes.setBack(version);
    this.views.clear();
  }

  /** Drops an endpoint, as after leaving or a long silence: first its streams, then the endpoint. */
  removeEndpoint(endpointId: string, reason?: string, removal: object = {}): void {
    const participant = this.conference && findParticipant(this.conference, endpointId);
    if (!participant) return;
    const who = { userId: participant.userId, userEndpointId: endpointId };
    for (const { id, type } of participant.streams) this.unpublish(who, id, type);
    for (const [viewerId, viewer] of this.viewers) if (viewer === endpointId) this.views.delete(viewerId);
    if (this.#isWhole) this.#removeEntriesBefore(who);
    this.append({ type: 'ConferenceLeftEvent', ...who, reason, ...removal });
  }

  /** Changes what a user may do, and ends what is no longer allowed, as a moderator's command does. */
  changePermissions(userId: string, changes: PermissionChanges, who: object): void {
    const permissions = this.moderation.permit(userId, changes);
    const endpoints =
      this.conference?.participants.filter((participant) => participant.userId === userId) ?? [];
    for (const { id, streams } of endpoints) {
      const value = JSON.stringify(permissions);
      const key = permissionsKey(id);
      this.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation: 'SET', key, value });
      for (const stream of streams) {
        if (!mayPublish(permissions, stream.type)) {
          this.unpublish({ userId, userEndpointId: id }, stream.id, stream.type);
        }
      }
      if (permissions.view) continue;
      for (const [viewerId, viewer] of this.viewers) if (viewer === id) this.views.delete(viewerId);
    }
  }

  /** Withdraws all streams, as a restart does: their media died with the process. */
  loseMedia(): void {
    for (const { id, userId, streams } of this.conference?.participants ?? []) {
      for (const stream of streams) this.unpublish({ userId, userEndpointId: id }, stream.id, stream.type);
    }
  }

  /** Forgets the conference, as happens some time after its end. */
  forget(): void {
    this.conference = undefined;
    this.wake();
  }

  callsOf(operation: keyof RtcApi): readonly unknown[] {
    return this.calls.filter((call) => call.operation === operation).map(({ command }) => command);
  }

  /** Withdraws a stream and its views. */
  unpublish(who: object, streamId: string, streamType: string): void {
    this.append({ type: 'ConferenceStreamUnpublishedEvent', ...who, streamId, streamType });
    if (this.#isWhole)
      this.#removeEntries(who, (key) => /^TRACK_MUTED\/\w+\/(.*)$/.exec(key)?.[1] === streamId);
    for (const [viewerId, viewed] of this.views) if (viewed === streamId) this.views.delete(viewerId);
  }

  /** The state of a replica, which may lag. */
  snapshot(): ConferenceState | undefined {
    const state = this.conference && (this.#history.at(-1 - this.lag) ?? this.conference);
    return state && (this.identifiesVersions ? state : { ...state, versionId: undefined });
  }

  /** Whether the history has a position that a client asks for. */
  hasPosition({ version, versionId, lastEventId }: PushStart): boolean {
    if (!this.identifiesVersions) return true;
    if (lastEventId !== undefined && !this.#pushes.has(lastEventId)) return false;
    const state = this.#history[version ?? 0];
    return state !== undefined && (versionId === undefined || versionId === state.versionId);
  }

  /** The events that a poll for `version` returns. */
  after(version: number | undefined): readonly unknown[] {
    const first = (version ?? 0) + (this.exclusiveBoundary ? 1 : 0);
    const events = this.#events.filter(({ conferenceVersion }) => conferenceVersion >= first);
    return this.#isWhole && version === undefined ? [this.#created, ...events] : events;
  }

  get #organization(): { readonly organizationId?: string } {
    const { organizationId } = this.conference ?? {};
    return organizationId === undefined ? {} : { organizationId };
  }

  #create(conferenceId: string, created: object = {}): ConferenceState {
    const event = {
      ...created,
      type: 'ConferenceCreatedEvent',
      id: this.newId('e'),
      timestamp: now(),
      conferenceId,
      conferenceVersion: null,
    } as const;
    this.#created = event;
    return createdConference(event);
  }

  #removeEntries(who: object, isOver: (key: string) => boolean): void {
    for (const key of Object.keys(this.conference?.metadata ?? {}).filter(isOver)) {
      this.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation: 'REMOVE', key });
    }
  }

  /** Removes what an endpoint that leaves said about streams that it has not published. */
  #removeEntriesBefore(who: { readonly userEndpointId: string }): void {
    const { metadata = {} } = this.conference ?? {};
    this.#removeEntries(
      who,
      (key) => key.startsWith('TRACK_MUTED/') && metadata[key]?.userEndpointId === who.userEndpointId,
    );
  }
}

const now = () => new Date(Date.now()).toISOString();
