import { readFileSync } from 'node:fs';
import { decodeEvent, type ConferenceEvent, type TokenResponse } from '@parley-rtc/contract';
import type { Answer, Caller } from './test-server.ts';

/** A sent command, and what its sender knows about it. */
export interface Deed {
  readonly operationId: string;
  readonly conferenceId: string;
  /** Unknown if the server died before it responded. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown';
  /** Whether this event proves that the command was executed. */
  readonly isProvenBy: (event: ConferenceEvent) => boolean;
}

/** What the storm did and received until the server died. */
export interface StormJournal {
  readonly deeds: Deed[];
  /** The events that followers received, by conference. */
  readonly heard: Map<string, ConferenceEvent[]>;
  /** Endpoints that were registered and never unregistered. */
  readonly endpointIds: Set<string>;
  readonly ticketCodes: string[];
  /** The newest refresh tokens; undefined if the server died during a renewal. */
  readonly refreshTokens: Map<number, string | undefined>;
}

/** What the storm needs. */
export interface StormOptions {
  readonly caller: Caller;
  readonly requestToken: (form: Readonly<Record<string, string>>) => Promise<Answer<TokenResponse>>;
  /** Unique among the storms on one folder. */
  readonly name: string;
  readonly random: () => number;
  /** Called after each response to a command. */
  readonly onAnswer: () => void;
}

interface Recordings {
  readonly chromium: { readonly publishOffer: string };
}

const recordings = JSON.parse(
  readFileSync(new URL('../media/testing/recordings.json', import.meta.url), 'utf8'),
) as Recordings;
const sdpOffer = recordings.chromium.publishOffer;
const memberCount = 8;
const guestCount = 2;
const sharedConferenceCount = 3;

/** Concurrent commands of many clients, in shared conferences and in their own, until the server dies. */
export class CommandStorm {
  readonly journal: StormJournal = {
    deeds: [],
    heard: new Map(),
    endpointIds: new Set(),
    ticketCodes: [],
    refreshTokens: new Map(),
  };
  readonly #options: StormOptions;
  #idCount = 0;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  /** Resolves when all clients have noticed that the server is dead. */
  async rage(): Promise<void> {
    const shared = Array.from({ length: sharedConferenceCount }, () => this.#newId('shared'));
    const isUp = await Promise.all(shared.map((id) => this.#create(id)));
    if (isUp.includes(false)) return;
    await Promise.all([
      ...shared.map((id) => this.#follow(id)),
      ...Array.from({ length: memberCount }, () => this.#member(shared)),
      ...Array.from({ length: guestCount }, (_, index) => this.#guest(index)),
      this.#founder(),
    ]);
  }

  /** Joins and leaves shared conferences, and acts in between. */
  async #member(shared: readonly string[]): Promise<void> {
    for (;;) {
      const conferenceId = this.#pick(shared);
      const userEndpointId = await this.#register();
      if (userEndpointId === undefined || !(await this.#join(conferenceId, userEndpointId))) return;
      for (let count = Math.floor(this.#options.random() * 8); count > 0; count -= 1) {
        if (!(await this.#somethingInside(conferenceId, userEndpointId))) return;
      }
      if (!(await this.#goAway(conferenceId, userEndpointId))) return;
    }
  }

  /** Creates conferences, publishes in them and ends them. */
  async #founder(): Promise<void> {
    for (;;) {
      const conferenceId = this.#newId('own');
      if (!(await this.#create(conferenceId))) return;
      const userEndpointId = await this.#register();
      if (userEndpointId === undefined || !(await this.#join(conferenceId, userEndpointId))) return;
      if (!(await this.#publish(conferenceId, userEndpointId))) return;
      const isEnded = await this.#attempt('end', { conferenceId, userEndpointId }, ({ type }) => {
        return type === 'ConferenceEndedEvent';
      });
      if (!isEnded) return;
    }
  }

  /** Logs in with a ticket and keeps renewing the login. */
  async #guest(index: number): Promise<void> {
    const { caller, requestToken } = this.#options;
    const { refreshTokens, ticketCodes } = this.journal;
    const body = { type: 'MULTI_USE_TICKET', properties: { conference_id: this.#newId('ticket') } };
    const made = await orDead(caller.do<{ readonly id: string }>('createTicket', { body }));
    if (!made) return;
    ticketCodes.push(made.id);
    let form: Readonly<Record<string, string>> = { grant_type: 'password', username: made.id };
    for (;;) {
      const granted = await orDead(requestToken(form));
      const token = granted?.body.refresh_token;
      refreshTokens.set(index, token);
      if (token === undefined) return;
      form = { grant_type: 'refresh_token', refresh_token: token };
    }
  }

  async #follow(conferenceId: string): Promise<void> {
    const heard: ConferenceEvent[] = [];
    this.journal.heard.set(conferenceId, heard);
    for (;;) {
      const events = await orDead(this.#options.caller.events(conferenceId, heard.length));
      if (!events) return;
      heard.push(...events.map(decodeEvent));
    }
  }

  #create(conferenceId: string): Promise<boolean> {
    const body = { conferenceId, metadata: { topic: conferenceId } };
    return this.#attempt('create', body, ({ type }) => type === 'ConferenceCreatedEvent');
  }

  async #register(): Promise<string | undefined> {
    const userEndpointId = this.#newId('endpoint');
    const body = { userEndpointId, keepAliveSeconds: 600 };
    if ((await orDead(this.#options.caller.do('registerUserEndpoint', { body }))) === undefined) {
      return undefined;
    }
    this.journal.endpointIds.add(userEndpointId);
    return userEndpointId;
  }

  #join(conferenceId: string, userEndpointId: string): Promise<boolean> {
    const body = { conferenceId, userEndpointId, metadata: { name: userEndpointId } };
    return this.#attempt(
      'join',
      body,
      (event) => event.type === 'ConferenceJoinedEvent' && event.userEndpointId === userEndpointId,
    );
  }

  #publish(conferenceId: string, userEndpointId: string): Promise<boolean> {
    const streamId = this.#newId('stream');
    const body = { conferenceId, userEndpointId, streamId, conferenceStreamType: 'MIC_AND_CAM', sdpOffer };
    return this.#attempt(
      'publishStream',
      body,
      (event) => event.type === 'ConferenceStreamPublishedEvent' && event.streamId === streamId,
    );
  }

  #somethingInside(conferenceId: string, userEndpointId: string): Promise<boolean> {
    const mark = this.#newId('mark');
    const inside = { conferenceId, userEndpointId };
    const dice = this.#options.random();
    if (dice < 0.4) return this.#publish(conferenceId, userEndpointId);
    if (dice < 0.6) {
      const body = { ...inside, newMetadata: { mark } };
      return this.#attempt('updateParticipantMetadata', body, (event) => {
        return (
          event.type === 'ConferenceParticipantMetadataUpdatedEvent' && event.newMetadata['mark'] === mark
        );
      });
    }
    const body = { ...inside, operation: 'SET', key: mark, value: mark };
    return this.#attempt('updateMetadata', body, (event) => {
      return event.type === 'ConferenceMetadataUpdatedEvent' && event.key === mark;
    });
  }

  /** Leaves or unregisters: either is one command with several events if streams are published. */
  #goAway(conferenceId: string, userEndpointId: string): Promise<boolean> {
    const isProvenBy = (event: ConferenceEvent): boolean =>
      event.type === 'ConferenceLeftEvent' && event.userEndpointId === userEndpointId;
    if (this.#options.random() < 0.7) {
      return this.#attempt('leave', { conferenceId, userEndpointId }, isProvenBy);
    }
    this.journal.endpointIds.delete(userEndpointId);
    return this.#attempt('unregisterUserEndpoint', { conferenceId, userEndpointId }, isProvenBy);
  }

  /** Sends a command and records its outcome; false if the server is dead. */
  async #attempt(
    operationId: string,
    body: { readonly conferenceId: string; readonly [field: string]: unknown },
    isProvenBy: Deed['isProvenBy'],
  ): Promise<boolean> {
    const { conferenceId } = body;
    const answer = await orDead(this.#options.caller.call(operationId, { body }));
    const outcome = answer ? (answer.status < 300 ? 'acknowledged' : 'refused') : 'unknown';
    this.journal.deeds.push({ operationId, conferenceId, outcome, isProvenBy });
    if (!answer) return false;
    this.#options.onAnswer();
    return true;
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#options.random() * items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  #newId(kind: string): string {
    return `${this.#options.name}-${kind}-${(this.#idCount += 1)}`;
  }
}

/**
 * Undefined if the connection broke, which `fetch` reports as a TypeError. Any other error is a fault and is rethrown.
 */
async function orDead<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
