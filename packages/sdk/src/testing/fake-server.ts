import {
  AlreadyJoinedError,
  ConnectionError,
  ForbiddenError,
  type HttpError,
  type HttpFailure,
  InvalidRequestError,
  NotFoundError,
  type RtcApi,
} from '@parley-rtc/client';
import {
  conferenceToSimpleView,
  conferenceToWire,
  createdConference,
  type ConferenceState,
  decodeEvent,
  findParticipant,
  findStream,
  reduce,
} from '@parley-rtc/contract';
import { FakePushes } from './fake-pushes.ts';
import { answerTo } from './fake-sdp.ts';

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

  /** How many polls wait for an event. */
  get parkedPolls(): number {
    return this.#parked.size;
  }

  /** Appends an event to the history, as a command of somebody does. */
  append(event: { readonly type: string; readonly [name: string]: unknown }): void {
    if (!this.conference) throw new Error('The conference is gone.');
    const { id: conferenceId, version } = this.conference;
    const stamped = {
      id: `e${(this.#lastId += 1)}`,
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
    const id = `e${(this.#lastId += 1)}`;
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
    const act = <Answer>(
      operation: keyof RtcApi,
      command: unknown,
      signal: AbortSignal | undefined,
      effect: (fail: Fail) => Answer | Promise<Answer>,
    ) => this.#call({ operation, command }, signal, effect);
    const inside = (endpointId: string, fail: Fail) => {
      if (!this.conference) return fail(NotFoundError, 404);
      if (!findParticipant(this.conference, endpointId)) return fail(InvalidRequestError, 400);
      return { userId, userEndpointId: endpointId };
    };
    const stream = (streamId: string, fail: Fail) => {
      const found = this.conference && findStream(this.conference, streamId);
      return found ?? fail(NotFoundError, 404);
    };
    const platform = (fail: Fail) => (this.hasPlatformRoutes ? undefined : fail(NotFoundError, 404));
    return {
      create: (command, options) =>
        act('create', command, options?.signal, () => ({ id: 'room', version: 0, mode: 'ROUTER' })),
      join: (command, options) =>
        act('join', command, options?.signal, (fail) => {
          if (!this.conference) return fail(NotFoundError, 404);
          const { userEndpointId, metadata = {} } = command;
          if (this.hasPlatformRoutes && !this.endpoints.has(userEndpointId)) return fail(NotFoundError, 404);
          if (findParticipant(this.conference, userEndpointId)) return fail(AlreadyJoinedError, 422);
          this.append({ type: 'ConferenceJoinedEvent', userId, userEndpointId, metadata });
          return { id: this.conference.id, version: this.conference.version };
        }),
      leave: (command, options) =>
        act('leave', command, options?.signal, (fail) => {
          this.removeEndpoint(inside(command.userEndpointId, fail).userEndpointId, command.reason);
        }),
      end: (command, options) =>
        act('end', command, options?.signal, (fail) => {
          const who = inside(command.userEndpointId, fail);
          this.append({ type: 'ConferenceEndedEvent', ...who, reason: command.reason });
        }),
      publishStream: (command, options) =>
        act('publishStream', command, options?.signal, (fail) => {
          const who = inside(command.userEndpointId, fail);
          const streamId = command.streamId ?? `s${(this.#lastId += 1)}`;
          if (command.iceRestart) {
            if (!this.restartsIce) return fail(InvalidRequestError, 400);
            stream(streamId, fail);
            return { streamId, sdpAnswer: answerTo(command.sdpOffer) };
          }
          const { conferenceStreamType: streamType, metadata = {}, videoBitrate = 0, sdpOffer } = command;
          this.append({
            type: 'ConferenceStreamPublishedEvent',
            ...who,
            streamId,
            streamType,
            metadata,
            videoBitrate,
          });
          return { streamId, sdpAnswer: answerTo(sdpOffer) };
        }),
      unpublishStream: (command, options) =>
        act('unpublishStream', command, options?.signal, (fail) => {
          const who = inside(command.userEndpointId, fail);
          const { type } = stream(command.streamId, fail).stream;
          this.#unpublish(who, command.streamId, type);
        }),
      viewStream: (command, options) =>
        act('viewStream', command, options?.signal, (fail) => {
          inside(command.userEndpointId, fail);
          const { type } = stream(command.streamId, fail).stream;
          const viewerId = command.viewerId ?? `v${(this.#lastId += 1)}`;
          this.views.set(viewerId, command.streamId);
          return { viewerId, sdpAnswer: answerTo(command.sdpOffer, type) };
        }),
      updateViewStream: (command, options) =>
        act('updateViewStream', command, options?.signal, (fail) => {
          if (!this.views.has(command.viewerId)) fail(NotFoundError, 404);
        }),
      stopViewStream: (command, options) =>
        act('stopViewStream', command, options?.signal, (fail) => {
          if (!this.views.delete(command.viewerId)) fail(NotFoundError, 404);
        }),
      addPublishStreamIceCandidates: (command, options) =>
        act('addPublishStreamIceCandidates', command, options?.signal, (fail) => {
          stream(command.streamId, fail);
        }),
      addViewStreamIceCandidates: (command, options) =>
        act('addViewStreamIceCandidates', command, options?.signal, (fail) => {
          if (!this.views.has(command.viewerId)) fail(NotFoundError, 404);
        }),
      updateMetadata: ({ conferenceId: _id, ...command }, options) =>
        act('updateMetadata', command, options?.signal, (fail) => {
          const who = inside(command.userEndpointId, fail);
          this.append({ type: 'ConferenceMetadataUpdatedEvent', ...command, ...who });
        }),
      updateParticipantMetadata: ({ newMetadata, userEndpointId }, options) =>
        act('updateParticipantMetadata', newMetadata, options?.signal, (fail) => {
          const who = inside(userEndpointId, fail);
          this.append({ type: 'ConferenceParticipantMetadataUpdatedEvent', ...who, newMetadata });
        }),
      updateStreamMetadata: ({ userEndpointId, streamId, newMetadata }, options) =>
        act('updateStreamMetadata', newMetadata, options?.signal, (fail) => {
          const who = inside(userEndpointId, fail);
          this.append({ type: 'ConferenceStreamMetadataUpdatedEvent', ...who, streamId, newMetadata });
        }),
      updatePublishedStreamBitrate: ({ userEndpointId, streamId, videoBitrate }, options) =>
        act('updatePublishedStreamBitrate', { streamId, videoBitrate }, options?.signal, (fail) => {
          const who = inside(userEndpointId, fail);
          this.append({ type: 'ConferenceStreamBitrateUpdatedEvent', ...who, streamId, videoBitrate });
        }),
      getConference: (id, options) =>
        act('getConference', id, options?.signal, (fail) =>
          conferenceToWire(this.#snapshot() ?? fail(NotFoundError, 404)),
        ),
      getSimpleView: (id, options) =>
        act('getSimpleView', id, options?.signal, (fail) =>
          conferenceToSimpleView(this.#snapshot() ?? fail(NotFoundError, 404)),
        ),
      getEvents: (_id, version, options) =>
        act('getEvents', version, options?.signal, async (fail) => {
          if (this.#after(version).length === 0) await this.#park(options?.signal);
          return this.conference ? this.distort(this.#after(version)) : fail(NotFoundError, 404);
        }),
      openPush: (_id, start, options) =>
        act('openPush', start, options?.signal, (fail) =>
          this.hasPush && this.conference ? this.#pushes.open(start) : fail(NotFoundError, 404),
        ),
      registerUserEndpoint: (command, options) =>
        act('registerUserEndpoint', command, options?.signal, (fail) => {
          platform(fail);
          const id = command.userEndpointId ?? `endpoint-${userId}-${(this.#lastId += 1)}`;
          this.endpoints.add(id);
          return id;
        }),
      keepAliveUserEndpoint: (command, options) =>
        act('keepAliveUserEndpoint', command, options?.signal, (fail) => {
          if (!this.endpoints.has(command.userEndpointId)) fail(NotFoundError, 404);
        }),
      unregisterUserEndpoint: (command, options) =>
        act('unregisterUserEndpoint', command, options?.signal, () => {
          this.endpoints.delete(command.userEndpointId);
          this.removeEndpoint(command.userEndpointId);
        }),
      getIceServers: (options) =>
        act('getIceServers', undefined, options?.signal, (fail) => {
          platform(fail);
          return { iceServers: [{ urls: ['stun:stun.example.com'] }] };
        }),
      setInteraction: unused,
      sendEvent: unused,
      getActive: unused,
      createTicket: unused,
      getTicket: unused,
    };
  }

  /** Lets an endpoint go, as after leaving or a long silence: first its streams, then itself. */
  removeEndpoint(endpointId: string, reason?: string): void {
    const participant = this.conference && findParticipant(this.conference, endpointId);
    if (!participant) return;
    const who = { userId: participant.userId, userEndpointId: endpointId };
    for (const { id, type } of participant.streams) this.#unpublish(who, id, type);
    this.append({ type: 'ConferenceLeftEvent', ...who, reason });
  }

  /** Withdraws all streams, as a restart does: their media died with the process. */
  loseMedia(): void {
    for (const { id, userId, streams } of this.conference?.participants ?? []) {
      for (const stream of streams) this.#unpublish({ userId, userEndpointId: id }, stream.id, stream.type);
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

  #unpublish(who: object, streamId: string, streamType: string): void {
    this.append({ type: 'ConferenceStreamUnpublishedEvent', ...who, streamId, streamType });
    for (const [viewerId, viewed] of this.views) if (viewed === streamId) this.views.delete(viewerId);
  }

  #snapshot(): ConferenceState | undefined {
    return this.conference && (this.#history.at(-1 - this.lag) ?? this.conference);
  }

  #after(version: number | undefined): readonly unknown[] {
    const first = (version ?? 0) + (this.exclusiveBoundary ? 1 : 0);
    return this.#events.filter(({ conferenceVersion }) => conferenceVersion >= first);
  }

  #park(signal: AbortSignal | undefined): Promise<void> {
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

  async #call<Answer>(
    call: Call,
    signal: AbortSignal | undefined,
    effect: (fail: Fail) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const fail: Fail = (ErrorClass, status) => {
      throw new ErrorClass({ operation: call.operation, status });
    };
    this.calls.push(call);
    await this.intercept(call);
    signal?.throwIfAborted();
    const answer = await effect(fail);
    signal?.throwIfAborted();
    return answer;
  }
}

type Fail = (ErrorClass: new (failure: HttpFailure) => HttpError, status: number) => never;

/** The errors that tests let the network and the server have. */
export const broken = (operation: string): ConnectionError =>
  new ConnectionError(operation, 'https://rtc.example.com');
export const forbidden = (operation: string): ForbiddenError =>
  new ForbiddenError({ operation, status: 403 });

const unused = () => Promise.reject(new Error('Nobody calls this in the SDK yet.'));

const now = () => new Date(Date.now()).toISOString();
