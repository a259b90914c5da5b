import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
import type { EventLog } from './event-log.ts';
import { Waiters } from './waiters.ts';

interface History {
  readonly created: ConferenceCreatedEvent;
  /** The event with `conferenceVersion` n is at place n. */
  readonly events: HistoryEvent[];
}

/** An event log that lives as long as the process. */
export class MemoryEventLog implements EventLog {
  readonly #histories = new Map<string, History>();
  readonly #waiters = new Waiters();
  #isClosed = false;

  begin(created: ConferenceCreatedEvent): Promise<boolean> {
    if (this.#histories.has(created.conferenceId)) return Promise.resolve(false);
    this.#histories.set(created.conferenceId, { created, events: [] });
    return Promise.resolve(true);
  }

  append(conferenceId: string, expectedVersion: number, events: readonly HistoryEvent[]): Promise<boolean> {
    const history = this.#histories.get(conferenceId);
    if (history?.events.length !== expectedVersion) return Promise.resolve(false);
    history.events.push(...events);
    this.#waiters.wake(conferenceId, history.events.length);
    return Promise.resolve(true);
  }

  read(conferenceId: string, fromVersion?: number): Promise<readonly HistoryEvent[] | undefined> {
    const history = this.#histories.get(conferenceId);
    if (!history) return Promise.resolve(undefined);
    return Promise.resolve(
      fromVersion === undefined ? [history.created, ...history.events] : history.events.slice(fromVersion),
    );
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  conferenceIds(): Promise<readonly string[]> {
    return Promise.resolve([...this.#histories.keys()]);
  }

  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const history = this.#histories.get(conferenceId);
    if (this.#isClosed || !history || history.events.length > version) return Promise.resolve();
    return this.#waiters.wait(conferenceId, version, signal);
  }

  forget(conferenceId: string): Promise<void> {
    this.#histories.delete(conferenceId);
    this.#waiters.wake(conferenceId);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#waiters.wakeAll();
    return Promise.resolve();
  }
}
