import type { ParleyError } from '@parley-rtc/client';
import { EventEmitter } from 'eventemitter3';
import { ListenerError } from '../errors/conference-errors.ts';
import { callListener } from '../waiting/call-listener.ts';
import type { Announcement } from './announcements.ts';
import type { ConferenceEvents, ConferenceListener } from './conference-events.ts';
import { assertEventName } from './event-names.ts';

/** Per event, what a listener that was added late has missed. */
export type AlreadyThere = {
  readonly [Name in keyof ConferenceEvents]?: {
    readonly list: () => readonly ConferenceEvents[Name][];
    readonly idOf: (payload: ConferenceEvents[Name]) => string;
  };
};

/** Per event, starts to produce it with its first listener; returns a function that stops after the last is removed. */
export type OnDemand = { readonly [Name in keyof ConferenceEvents]?: () => () => void };

/** Calls listeners in order, isolates their failures, and calls late listeners also for what already exists. */
export class Announcer {
  readonly #emitter = new EventEmitter<keyof ConferenceEvents>();
  readonly #alreadyThere: AlreadyThere;
  #queue: Announcement[] = [];
  readonly #onDemand: OnDemand;
  readonly #running = new Map<string, () => void>();
  #isBusy = false;
  #isFinished = false;

  constructor(alreadyThere: AlreadyThere, onDemand: OnDemand = {}) {
    this.#onDemand = onDemand;
    this.#alreadyThere = alreadyThere;
  }

  on<Name extends keyof ConferenceEvents>(name: Name, listener: ConferenceListener<Name>): () => void {
    assertEventName(name);
    const there = this.#isFinished ? undefined : this.#alreadyThere[name];
    const missed = new Set(there?.list().map(there.idOf));
    let isOn = true;
    const call = (payload: ConferenceEvents[Name]) => {
      if (!isOn) return;
      if (there) missed.delete(there.idOf(payload));
      void callListener(listener, payload, (cause) => {
        // Announcing what an `error` listener threw would call that listener again, endlessly.
        if (name === 'error') throw cause;
        this.tellError(new ListenerError(name, { cause }));
      });
    };
    this.#emitter.on(name, call);
    this.#startOrStop(name);
    if (there && missed.size > 0) {
      queueMicrotask(() => {
        for (const payload of there.list()) {
          if (missed.has(there.idOf(payload)) && !this.#isFinished) call(payload);
        }
      });
    }
    return () => {
      // The emitter may be in the middle of an announcement and still call this listener.
      isOn = false;
      this.#emitter.off(name, call);
      this.#startOrStop(name);
    };
  }

  /** Announces what happened. Queues it when a listener calls this, so that events stay in order. */
  announce(announcements: readonly Announcement[]): void {
    this.#queue.push(...announcements);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [name, payload] = next;
      this.#emitter.emit(name, payload);
    }
    this.#isBusy = false;
    if (this.#isFinished) this.#emitter.removeAllListeners();
  }

  /** Makes the last announcements. Drops queued ones, which are out of date, and calls no listener afterwards. */
  finish(announcements: readonly Announcement[]): void {
    this.#isFinished = true;
    for (const name of this.#running.keys()) this.#startOrStop(name as keyof ConferenceEvents);
    this.#queue = [];
    this.announce(announcements);
  }

  /**
   * Announces a problem immediately. Without an `error` listener it drops the problem, unless a listener of the app threw:
   * then it rethrows, and the uncaught error makes the app's bug visible.
   */
  tellError(error: ParleyError): void {
    const hasListener = this.#emitter.emit('error', { error });
    if (!hasListener && error instanceof ListenerError) throw error.cause;
  }

  #startOrStop(name: keyof ConferenceEvents): void {
    const isNeeded = !this.#isFinished && this.#emitter.listenerCount(name) > 0;
    const stop = this.#running.get(name);
    if (isNeeded && !stop) {
      const start = this.#onDemand[name];
      if (start) this.#running.set(name, start());
    } else if (!isNeeded && stop) {
      this.#running.delete(name);
      stop();
    }
  }
}
