import { ConnectionError, ForbiddenError, type PushStart, type RtcApi } from '@parley-rtc/client';
import {
  createdConference,
  type ConferenceState,
  type IceServer,
  decodeEvent,
  findParticipant,
  reduce,
} from '@parley-rtc/contract';
import { fakeApi } from './fake-api.ts';
import { FakePushes } from './fake-pushes.ts';

/** How long an empty poll is held. */
const holdMs = 20_000;

export interface Call {
  readonly operation: keyof RtcApi;
  readonly command: unknown;
}

/** What a test may do to a call before the server sees it; throwing makes it fail. */
export type Interceptor = (call: Call) => void | Promise<void>;

/**
 * A conference server in memory, made of the contract's own fold. Several SDK instances meet in it. Its clock is
 * `setTimeout`, so fake timers rule it.
 */
export class FakeServer {
  readonly calls: Call[] = [];
  readonly endpoints: Set<string> = new Set();
  readonly views: Map<string, string> = new Map();
  /** Undefined once the server has forgotten it. */
  conference: ConferenceState | undefined;
  /** Without the routes around the seed, as another server may be. */
  hasPlatformRoutes = true;
  /** Knows `iceRestart`, as ours. */
  restartsIce = true;
  /** With the push, as ours. */
  hasPush = false;
  iceServers: readonly IceServer[] = [{ urls: ['stun:stun.example.com'] }];
  /** Takes `v` for the last event known instead of the next one wanted. */
  exclusiveBoundary = false;
  /** How many events the snapshots are behind, as those of a lagging copy. */
  lag = 0;
  intercept: Interceptor = () => {};
  /** Changes what a poll brings, as bad networks and other servers do. */
  distort: (events: readonly unknown[]) => readonly unknown[] = (events) => events;
  readonly #history: ConferenceState[] = [];
  #events: { readonly conferenceVersion: number; readonly [name: string]: unknown }[] = [];
  readonly #parked = new Set<() => void>();
  readonly #pushes = new FakePushes();
  #lastId = 0;

  constructor(conferenceId = 'room') {
    this.conference = createdConference({
      type: 'ConferenceCreatedEvent',
      id: 'e0',
      timestamp: now(),
      conferenceId,
      conferenceVersion: null,
    });
  }

  /** An id that nothing else has. */
  newId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${this.#lastId}`;
  }

  /** Opens a push, where there is one. */
  openPush(start: PushStart): ReturnType<FakePushes['open']> | undefined {
    return this.hasPush && this.conference ? this.#pushes.open(start) : undefined;
  }

  /** How many polls wait for an event. */
  get parkedPolls(): number {
    return this.#parked.size;
  }

  /** Appends an event to the history, as a command of somebody does. */
  append(event: { readonly type: string; readonly [name: string]: unknown }): void {
    if (!this.conference) throw new Error('The conference is gone.');
    const { id: conferenceId, version } = this.conference;
    const stamped = {
      id: this.newId('e'),
      timestamp: now(),
      conferenceId,
      conferenceVersion: version,
      ...event,
    };
    this.conference = reduce(this.conference, decodeEvent(stamped));
    this.#history.push(this.conference);
    this.#events.push(stamped);
    this.#pushes.send(stamped);
    this.wake();
  }

  /** How many pushes are open. */
  get openPushes(): number {
    return this.#pushes.openCount;
  }

  /** Sends an event that is outside of the history. */
  sendOutside(event: { readonly type: string; readonly [name: string]: unknown }): void {
    const conferenceId = this.conference?.id;
    const id = this.newId('e');
    this.#pushes.send({ id, timestamp: now(), conferenceId, conferenceVersion: null, ...event });
  }

  /** Breaks every push, as a network does. */
  breakPushes(): void {
    this.#pushes.breakAll();
  }

  /** Lets no push say anything, as a dead network does. */
  silencePushes(isSilent = true): void {
    this.#pushes.isSilent = isSilent;
  }

  /** Lets all waiting polls answer. */
  wake(): void {
    for (const wake of Array.from(this.#parked)) wake();
  }

  /** The API as the user `userId` sees it. */
  api(userId: string): RtcApi {
    return fakeApi(this, userId);
  }

  /** Lets an endpoint go, as after leaving or a long silence: first its streams, then itself. */
  removeEndpoint(endpointId: string, reason?: string): void {
    const participant = this.conference && findParticipant(this.conference, endpointId);
    if (!participant) return;
    const who = { userId: participant.userId, userEndpointId: endpointId };
    for (const { id, type } of participant.streams) this.unpublish(who, id, type);
    this.append({ type: 'ConferenceLeftEvent', ...who, reason });
  }

  /** Withdraws all streams, as a restart does: their media died with the process. */
  loseMedia(): void {
    for (const { id, userId, streams } of this.conference?.participants ?? []) {
      for (const stream of streams) this.unpublish({ userId, userEndpointId: id }, stream.id, stream.type);
    }
  }

  /** Forgets the conference, as some time after its end. */
  forget(): void {
    this.conference = undefined;
    this.wake();
  }

  callsOf(operation: keyof RtcApi): readonly unknown[] {
    return this.calls.filter((call) => call.operation === operation).map(({ command }) => command);
  }

  /** Withdraws a stream, and with it its views. */
  unpublish(who: object, streamId: string, streamType: string): void {
    this.append({ type: 'ConferenceStreamUnpublishedEvent', ...who, streamId, streamType });
    for (const [viewerId, viewed] of this.views) if (viewed === streamId) this.views.delete(viewerId);
  }

  /** What a copy of the server knows, which may lag. */
  snapshot(): ConferenceState | undefined {
    return this.conference && (this.#history.at(-1 - this.lag) ?? this.conference);
  }

  /** The events that a poll for `version` brings. */
  after(version: number | undefined): readonly unknown[] {
    const first = (version ?? 0) + (this.exclusiveBoundary ? 1 : 0);
    return this.#events.filter(({ conferenceVersion }) => conferenceVersion >= first);
  }

  /** Holds a poll until something happens. */
  park(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#parked.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, holdMs);
      this.#parked.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}

/** The errors that tests let the network and the server have. */
export const broken = (operation: string): ConnectionError =>
  new ConnectionError(operation, 'https://rtc.example.com');
export const forbidden = (operation: string): ForbiddenError =>
  new ForbiddenError({ operation, status: 403 });

const now = () => new Date(Date.now()).toISOString();
