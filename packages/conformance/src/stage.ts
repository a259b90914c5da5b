import { randomUUID } from 'node:crypto';
import type {
  ConferenceSummary,
  PublishStreamResult,
  StreamType,
  ViewStreamResult,
  WireConference,
  WireEvent,
} from '@parley-rtc/contract';
import type { Caller } from './api/caller.ts';
import type { MediaPeers } from './media/media-peers.ts';
import { anOffer } from './offers.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** A conference and an endpoint inside it. */
export interface Room {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  /** Both of them, as every command begins. */
  readonly about: { readonly conferenceId: string; readonly userEndpointId: string };
}

const kindsOf = {
  MIC: ['audio'],
  CAM: ['video'],
  SCREEN: ['video'],
  MIC_AND_CAM: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
} as const;

/** What one check works with. Everything it makes on the server is cleared away after it. */
export class Stage {
  readonly server: ServerUnderTest;
  /** Speaks for the client that the suite was given. */
  readonly caller: Caller;
  readonly #conferences: string[] = [];
  readonly #endpoints: string[] = [];

  constructor(server: ServerUnderTest) {
    this.server = server;
    this.caller = server.caller;
  }

  /** The peers that carry media; asked for by the need `media`. */
  get media(): MediaPeers {
    if (!this.server.media) throw new Error('A check that uses media must say that it needs it.');
    return this.server.media;
  }

  /** An endpoint of the caller: registered where the server knows endpoints, else just an id. */
  async endpoint(caller: Caller = this.caller): Promise<string> {
    if (!this.server.offers.has('user endpoints')) return randomUUID();
    const body = await caller.need('registerUserEndpoint', { body: { keepAliveSeconds: 60 } });
    const id =
      typeof body === 'object' && body ? String((body as { readonly id?: unknown }).id) : String(body);
    if (caller === this.caller) this.#endpoints.push(id);
    return id;
  }

  /** An empty conference. */
  async conference(command: object = {}): Promise<string> {
    const { id = '' } = await this.caller.need<ConferenceSummary>('create', { body: command });
    this.willEnd(id);
    return id;
  }

  /** Ends this conference, too, when the check is over. */
  willEnd(conferenceId: string): void {
    this.#conferences.push(conferenceId);
  }

  /** A conference with one endpoint of the caller inside. */
  async room(command: object = {}): Promise<Room> {
    return this.enter(await this.conference(command));
  }

  /** One more endpoint of the caller inside a conference. */
  async enter(conferenceId: string, caller: Caller = this.caller): Promise<Room> {
    const userEndpointId = await this.endpoint(caller);
    const about = { conferenceId, userEndpointId };
    await caller.need('join', { body: about });
    return { conferenceId, userEndpointId, about };
  }

  /** Publishes a stream that carries no media, and returns its id. */
  async publish({ about }: Room, type: StreamType = 'MIC_AND_CAM', more: object = {}): Promise<string> {
    const { streamId } = await this.caller.need<PublishStreamResult>('publishStream', {
      body: {
        ...about,
        conferenceStreamType: type,
        sdpOffer: anOffer('sendonly', ...kindsOf[type]),
        ...more,
      },
    });
    return streamId ?? '';
  }

  /** Views a stream without media, and returns the viewer's id. */
  async view({ about }: Room, streamId: string, more: object = {}): Promise<string> {
    const { viewerId } = await this.caller.need<ViewStreamResult>('viewStream', {
      body: { ...about, streamId, sdpOffer: anOffer('recvonly', 'audio', 'video'), ...more },
    });
    return viewerId ?? '';
  }

  /** The conference as it is now. */
  read(conferenceId: string): Promise<WireConference> {
    return this.caller.need('getConference', { params: { id: conferenceId } });
  }

  /** Events from a version on. Ask for those that exist already, or wait as long as the server does. */
  events(conferenceId: string, version: number): Promise<readonly WireEvent[]> {
    return this.caller.need('getEvents', { params: { id: conferenceId }, query: { v: version } });
  }

  /** All events of a conference that began at version 0. */
  async history(conferenceId: string): Promise<readonly WireEvent[]> {
    return this.events(conferenceId, 0);
  }

  /** Runs commands and says by how much the version of the conference grew. */
  async stepsOf(conferenceId: string, act: () => Promise<unknown>): Promise<number> {
    const { version: before = 0 } = await this.read(conferenceId);
    await act();
    const { version: after = 0 } = await this.read(conferenceId);
    return after - before;
  }

  /** Ends what is still running. What cannot be ended has ended. */
  async clear(): Promise<void> {
    for (const conferenceId of this.#conferences) {
      const userEndpointId = this.#endpoints[0] ?? (await this.endpoint());
      await this.caller.call('end', { body: { conferenceId, userEndpointId } });
    }
    for (const userEndpointId of this.#endpoints) {
      await this.caller.call('unregisterUserEndpoint', { body: { userEndpointId } });
    }
  }
}
