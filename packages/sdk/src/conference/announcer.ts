import type { ParleyError } from '@parley-rtc/client';
import { EventEmitter } from 'eventemitter3';
import { ListenerError } from '../errors/conference-errors.ts';
import type { Announcement } from './announcements.ts';
import type { ConferenceEvents, ConferenceListener } from './conference-events.ts';

/** Per event, what a listener that comes late has missed. */
export type AlreadyThere = {
  readonly [Name in keyof ConferenceEvents]?: {
    readonly list: () => readonly ConferenceEvents[Name][];
    readonly idOf: (payload: ConferenceEvents[Name]) => string;
  };
};

/** Per event, what starts to produce it when its first listener comes; returns what ends that after the last. */
export type OnDemand = { readonly [Name in keyof ConferenceEvents]?: () => () => void };

/** Calls listeners: in order, shielded from each other, and late ones with what is already there. */
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
    const there = this.#isFinished ? undefined : this.#alreadyThere[name];
    const missed = new Set(there?.list().map(there.idOf));
    let isOn = true;
    const call = (payload: ConferenceEvents[Name]) => {
      if (!isOn) return;
      if (there) missed.delete(there.idOf(payload));
      this.#call(name, listener, payload);
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
      // The emitter may be in the middle of an announcement and call this one still.
      isOn = false;
      this.#emitter.off(name, call);
      this.#startOrStop(name);
    };
  }

  /** Announces what happened. From inside a listener: after what is being announced already. */
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

  /** Announces these last: what was waiting is out of date, and nobody is called afterwards. */
  finish(announcements: readonly Announcement[]): void {
    this.#isFinished = true;
    for (const name of this.#running.keys()) this.#startOrStop(name as keyof ConferenceEvents);
    this.#queue = [];
    this.announce(announcements);
  }

  /** Tells of a problem at once; without a listener of `error` nothing happens. */
  tellError(error: ParleyError): void {
    this.#emitter.emit('error', { error });
  }

  #startOrStop(name: keyof ConferenceEvents): void {
    const isWanted = !this.#isFinished && this.#emitter.listenerCount(name) > 0;
    const stop = this.#running.get(name);
    if (isWanted && !stop) {
      const start = this.#onDemand[name];
      if (start) this.#running.set(name, start());
    } else if (!isWanted && stop) {
      this.#running.delete(name);
      stop();
    }
  }

  #call<Name extends keyof ConferenceEvents>(
    name: Name,
    listener: ConferenceListener<Name>,
    payload: ConferenceEvents[Name],
  ): void {
    const fail = (cause: unknown) => {
      // A listener of `error` that fails has nobody to tell.
      if (name !== 'error') this.tellError(new ListenerError(name, { cause }));
    };
    try {
      Promise.resolve(listener(payload)).catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}
