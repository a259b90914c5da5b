import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
import type { EventLog } from './event-log.ts';

interface History {
  readonly created: ConferenceCreatedEvent;
  /** The event with `conferenceVersion` n is at place n. */
  readonly events: HistoryEvent[];
  readonly waiting: Set<Waiting>;
}

interface Waiting {
  readonly version: number;
  readonly wake: () => void;
}

/** An event log that lives as long as the process. */
export class MemoryEventLog implements EventLog {
  readonly #histories = new Map<string, History>();
  #isClosed = false;

  begin(created: ConferenceCreatedEvent): Promise<boolean> {
    if (this.#histories.has(created.conferenceId)) return Promise.resolve(false);
    this.#histories.set(created.conferenceId, { created, events: [], waiting: new Set() });
    return Promise.resolve(true);
  }

  append(conferenceId: string, expectedVersion: number, events: readonly HistoryEvent[]): Promise<boolean> {
    const history = this.#histories.get(conferenceId);
    if (history?.events.length !== expectedVersion) return Promise.resolve(false);
    history.events.push(...events);
    for (const { version, wake } of history.waiting) if (version < history.events.length) wake();
    return Promise.resolve(true);
  }

  read(conferenceId: string, fromVersion?: number): Promise<readonly HistoryEvent[] | undefined> {
    const history = this.#histories.get(conferenceId);
    if (!history) return Promise.resolve(undefined);
    return Promise.resolve(
      fromVersion === undefined ? [history.created, ...history.events] : history.events.slice(fromVersion),
    );
  }

  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const history = this.#histories.get(conferenceId);
    if (this.#isClosed || signal.aborted || !history || history.events.length > version) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        history.waiting.delete(waiting);
        resolve();
      };
      const waiting: Waiting = { version, wake };
      history.waiting.add(waiting);
      signal.addEventListener('abort', wake);
    });
  }

  forget(conferenceId: string): Promise<void> {
    const history = this.#histories.get(conferenceId);
    this.#histories.delete(conferenceId);
    for (const { wake } of history?.waiting ?? []) wake();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const { waiting } of this.#histories.values()) for (const { wake } of waiting) wake();
    return Promise.resolve();
  }
}
