import {
  createdConference,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
} from '@parley-rtc/contract';
import { firstToKeep, isCheckpointDue, type Checkpoint } from '../event-log/checkpoints.ts';
import type { EventLog, LoadedHistory } from '../event-log/event-log.ts';
import { Waiters } from '../event-log/waiters.ts';

interface StoredEvent {
  readonly event: HistoryEvent;
  readonly bytes: number;
}

interface StateCheckpoint extends Checkpoint {
  readonly state: ConferenceState;
}

interface History {
  readonly created: ConferenceCreatedEvent;
  /** The event with `conferenceVersion` n is at index n - `dropped`. */
  events: StoredEvent[];
  dropped: number;
  /** Bytes of all events, including dropped ones. */
  bytes: number;
  /** Oldest first; never empty. */
  checkpoints: readonly StateCheckpoint[];
}

/** An event log that ends with the process. Keeps about `historyBytes` of events of each history. */
export class MemoryEventLog implements EventLog {
  readonly #historyBytes: number;
  readonly #histories = new Map<string, History>();
  readonly #waiters = new Waiters();
  #isClosed = false;

  constructor(historyBytes: number = Infinity) {
    this.#historyBytes = historyBytes;
  }

  begin(created: ConferenceCreatedEvent): Promise<boolean> {
    if (this.#histories.has(created.conferenceId)) return Promise.resolve(false);
    const checkpoints = [{ state: createdConference(created), bytesBefore: 0, stateBytes: 0 }];
    this.#histories.set(created.conferenceId, { created, events: [], dropped: 0, bytes: 0, checkpoints });
    return Promise.resolve(true);
  }

  append(conferenceId: string, expectedVersion: number, events: readonly HistoryEvent[]): Promise<boolean> {
    const history = this.#histories.get(conferenceId);
    if (!history || versionOf(history) !== expectedVersion) return Promise.resolve(false);
    const stored = events.map((event) => ({ event, bytes: Buffer.byteLength(JSON.stringify(event)) }));
    history.events.push(...stored);
    for (const { bytes } of stored) history.bytes += bytes;
    this.#waiters.wake(conferenceId, versionOf(history));
    return Promise.resolve(true);
  }

  read(
    conferenceId: string,
    fromVersion?: number,
    maxBytes: number = Infinity,
  ): Promise<readonly HistoryEvent[] | undefined> {
    const history = this.#histories.get(conferenceId);
    if (!history) return Promise.resolve(undefined);
    const read: HistoryEvent[] = fromVersion === undefined ? [history.created] : [];
    let bytes = 0;
    for (let index = Math.max(0, (fromVersion ?? 0) - history.dropped); ; index += 1) {
      const stored = history.events[index];
      if (!stored || (read.length > 0 && bytes + stored.bytes > maxBytes)) break;
      read.push(stored.event);
      bytes += stored.bytes;
    }
    return Promise.resolve(read);
  }

  load(conferenceId: string): Promise<LoadedHistory | undefined> {
    const history = this.#histories.get(conferenceId);
    const state = history?.checkpoints.at(-1)?.state;
    if (!history || !state) return Promise.resolve(undefined);
    const events = history.events.slice(state.version - history.dropped).map(({ event }) => event);
    return Promise.resolve({ creationId: history.created.id, state, events });
  }

  checkpoint(head: ConferenceState): Promise<void> {
    const history = this.#histories.get(head.id);
    const last = history?.checkpoints.at(-1);
    if (!history || !last || versionOf(history) !== head.version) return Promise.resolve();
    const { bytes } = history;
    if (!isCheckpointDue(last, bytes, this.#historyBytes)) return Promise.resolve();
    const checkpoints = [...history.checkpoints, { state: head, bytesBefore: bytes, stateBytes: 0 }];
    history.checkpoints = checkpoints.slice(firstToKeep(checkpoints, bytes, this.#historyBytes));
    // The event before the first checkpoint stays: its id names the checkpoint's version.
    const dropped = Math.max(0, (history.checkpoints[0]?.state.version ?? 0) - 1);
    history.events = history.events.slice(dropped - history.dropped);
    history.dropped = dropped;
    return Promise.resolve();
  }

  versionIdAt(conferenceId: string, version: number): Promise<string | undefined> {
    const history = this.#histories.get(conferenceId);
    if (!history) return Promise.resolve(undefined);
    const { created, events, dropped } = history;
    if (version === 0) return Promise.resolve(dropped === 0 ? created.id : undefined);
    return Promise.resolve(events[version - 1 - dropped]?.event.id);
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  conferenceIds(): Promise<readonly string[]> {
    return Promise.resolve([...this.#histories.keys()]);
  }

  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const history = this.#histories.get(conferenceId);
    if (this.#isClosed || !history || versionOf(history) > version) return Promise.resolve();
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

function versionOf({ events, dropped }: History): number {
  return dropped + events.length;
}
