import type { ConferenceEvent } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { PushedEvent } from '../push/merge-events.ts';
import type { Pushes } from '../push/pushes.ts';
import { RefusalError } from '../refusal.ts';
import { findJoin, isJoinOf, isLeaveOf } from './find-join.ts';

/** Where the events of endpoints come from. */
export interface EventSource {
  readonly conferences: Pick<Conferences, 'conferencesOf' | 'onEvents'>;
  readonly log: Pick<EventLog, 'read'>;
  readonly pushes: Pick<Pushes, 'follow'>;
}

/** What {@link EndpointSubscription} needs. */
export interface EndpointSubscriptionOptions {
  readonly source: EventSource;
  readonly actor: Actor;
  readonly endpointId: string;
  /** Delivers a batch; resolves when the next may follow. */
  readonly deliver: (batch: readonly PushedEvent[]) => Promise<void>;
  /** Called when events cannot be read. */
  readonly onFailure: (error: unknown) => void;
}

/** Following one conference that the endpoint is in. */
interface Reading {
  readonly conferenceId: string;
  /** The event with which the endpoint joined last, of those that were read. */
  seenJoinId: string | undefined;
  /** One that was announced and is still to be read: the reading must not end before it. */
  pendingJoinId: string | undefined;
}

/**
 * The events of one endpoint: of each conference that it is in, or joins, from its own join on until it leaves or the
 * conference ends. Those of one conference arrive in order.
 */
export class EndpointSubscription {
  readonly #options: EndpointSubscriptionOptions;
  readonly #readings = new Map<string, Reading>();
  readonly #over = new AbortController();
  readonly #stopListening: () => void;

  constructor(options: EndpointSubscriptionOptions) {
    this.#options = options;
    const { source, endpointId } = options;
    // First, so that no join is missed.
    this.#stopListening = source.conferences.onEvents((events) => {
      this.#notice(events);
    });
    for (const conferenceId of source.conferences.conferencesOf(endpointId)) this.#follow(conferenceId);
  }

  close(): void {
    this.#stopListening();
    this.#over.abort('unsubscribed');
  }

  #notice(events: readonly ConferenceEvent[]): void {
    const { endpointId } = this.#options;
    for (const event of events) {
      if (event.type !== 'ConferenceJoinedEvent' || event.userEndpointId !== endpointId) continue;
      const reading = this.#readings.get(event.conferenceId);
      if (!reading) this.#follow(event.conferenceId);
      else if (reading.seenJoinId !== event.id) reading.pendingJoinId = event.id;
    }
  }

  #follow(conferenceId: string): void {
    const reading: Reading = { conferenceId, seenJoinId: undefined, pendingJoinId: undefined };
    this.#readings.set(conferenceId, reading);
    this.#readUntilOver(reading).catch((error: unknown) => {
      this.#readings.delete(conferenceId);
      if (!this.#over.signal.aborted) this.#options.onFailure(error);
    });
  }

  async #readUntilOver(reading: Reading): Promise<void> {
    do {
      reading.pendingJoinId = undefined;
      await this.#read(reading);
      // Again when the endpoint joined a conference that took the id of one that had ended.
    } while (reading.pendingJoinId !== undefined && !this.#over.signal.aborted);
    this.#readings.delete(reading.conferenceId);
  }

  async #read(reading: Reading): Promise<void> {
    const { source, actor, endpointId, deliver } = this.#options;
    const { conferenceId } = reading;
    const place = await findJoin(source.log, conferenceId, endpointId);
    if (!place || this.#over.signal.aborted) return;
    reading.seenJoinId = place.joinId;
    // Of its own, because it ends with this reading.
    const following = new AbortController();
    const stop = (): void => {
      following.abort('unsubscribed');
    };
    this.#over.signal.addEventListener('abort', stop);
    try {
      const { version } = place;
      const batches = await source.pushes.follow(conferenceId, version, actor, following.signal);
      let isInside = true;
      for await (const batch of batches) {
        const heard: PushedEvent[] = [];
        for (const pushed of batch) {
          const { event } = pushed;
          if (event && isJoinOf(event, endpointId)) {
            isInside = true;
            reading.seenJoinId = event.id;
            if (reading.pendingJoinId === event.id) reading.pendingJoinId = undefined;
          }
          if (isInside) heard.push(pushed);
          if (event && isLeaveOf(event, endpointId)) isInside = false;
        }
        if (heard.length > 0) await deliver(heard);
        if (!isInside && reading.pendingJoinId === undefined) return;
      }
    } catch (error) {
      if (!isShutOut(error)) throw error;
    } finally {
      this.#over.signal.removeEventListener('abort', stop);
      stop();
    }
  }
}

/** Whether the endpoint's user may not read the conference, or not any more. */
function isShutOut(error: unknown): boolean {
  return error instanceof RefusalError && error.code !== 'position_unavailable';
}
