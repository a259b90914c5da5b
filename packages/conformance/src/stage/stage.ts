import { randomUUID } from 'node:crypto';
import type {
  ConferenceSummary,
  PublishStreamResult,
  StreamType,
  ViewStreamResult,
  WireConference,
  WireEvent,
} from '@parley-rtc/contract';
import type { Caller } from '../api/caller.ts';
import type { MediaPeers } from '../media/media-peers.ts';
import { anOffer } from './offers.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** A conference and an endpoint that has joined it. */
export interface Room {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  /** Both ids, as part of every command. */
  readonly about: { readonly conferenceId: string; readonly userEndpointId: string };
}

const kindsOf = {
  MIC: ['audio'],
  CAM: ['video'],
  SCREEN: ['video'],
  MIC_AND_CAM: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
} as const;

/** The tools of one check. Everything that it creates on the server is removed afterwards. */
export class Stage {
  readonly server: ServerUnderTest;
  /** Calls the server as the client given to the suite. */
  readonly caller: Caller;
  readonly #conferences: string[] = [];
  readonly #endpoints: string[] = [];

  constructor(server: ServerUnderTest) {
    this.server = server;
    this.caller = server.caller;
  }

  /** The peers that carry media. Needs `media`. */
  get media(): MediaPeers {
    if (!this.server.media) throw new Error('A check that uses media must list it in `needs`.');
    return this.server.media;
  }

  /** Creates an endpoint of the caller: registered if the server supports that, otherwise just an id. */
  async endpoint(caller: Caller = this.caller): Promise<string> {
    if (!this.server.offers.has('user endpoints')) return randomUUID();
    const body = await caller.need('registerUserEndpoint', { body: { keepAliveSeconds: 60 } });
    const id =
      typeof body === 'object' && body ? String((body as { readonly id?: unknown }).id) : String(body);
    if (caller === this.caller) this.#endpoints.push(id);
    return id;
  }

  /** Creates an empty conference. */
  async conference(command: object = {}): Promise<string> {
    const { id = '' } = await this.caller.need<ConferenceSummary>('create', { body: command });
    this.willEnd(id);
    return id;
  }

  /** Also ends this conference after the check. */
  willEnd(conferenceId: string): void {
    this.#conferences.push(conferenceId);
  }

  /** Creates a conference and joins it with one endpoint. */
  async room(command: object = {}): Promise<Room> {
    return this.enter(await this.conference(command));
  }

  /** Joins a conference with another endpoint of the caller. */
  async enter(conferenceId: string, caller: Caller = this.caller): Promise<Room> {
    const userEndpointId = await this.endpoint(caller);
    const about = { conferenceId, userEndpointId };
    await caller.need('join', { body: about });
    return { conferenceId, userEndpointId, about };
  }

  /** Publishes a stream without media and returns its id. */
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

  /** Views a stream without media and returns the viewer's id. */
  async view({ about }: Room, streamId: string, more: object = {}): Promise<string> {
    const { viewerId } = await this.caller.need<ViewStreamResult>('viewStream', {
      body: { ...about, streamId, sdpOffer: anOffer('recvonly', 'audio', 'video'), ...more },
    });
    return viewerId ?? '';
  }

  /** Reads the conference's current state. */
  read(conferenceId: string): Promise<WireConference> {
    return this.caller.need('getConference', { params: { id: conferenceId } });
  }

  /** Reads events from a version on. If there are none yet, waits for as long as the server holds the request. */
  events(conferenceId: string, version: number): Promise<readonly WireEvent[]> {
    return this.caller.need('getEvents', { params: { id: conferenceId }, query: { v: version } });
  }

  /** Reads all versioned events of a conference. */
  async history(conferenceId: string): Promise<readonly WireEvent[]> {
    return this.events(conferenceId, 0);
  }

  /** Runs commands and returns by how much the conference's version grew. */
  async stepsOf(conferenceId: string, act: () => Promise<unknown>): Promise<number> {
    const { version: before = 0 } = await this.read(conferenceId);
    await act();
    const { version: after = 0 } = await this.read(conferenceId);
    return after - before;
  }

  /** Ends conferences and unregisters endpoints. Ignores those that are already gone. */
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
