import type { EventQos, JsonObject } from '@parley-rtc/contract';
import type { Clock } from '../clock.ts';
import { Listeners } from '../listeners.ts';

/** An event outside the history, waiting for its readers. */
export interface OutsideEvent {
  /** Increases with each event, even across restarts. */
  readonly sequence: number;
  /** The conference's version when it happened: readers receive it before the history event with this version. */
  readonly atVersion: number;
  readonly qos: EventQos;
  readonly json: string;
  /** When it expires, by the monotonic clock. */
  readonly untilMs: number;
}

interface Channel {
  held: readonly OutsideEvent[];
  readonly listeners: Listeners<void>;
  stopTimer: () => void;
}

/** How long an event can be read: connected readers need little time, others need time to reconnect. */
const holdMs: Readonly<Record<EventQos, number>> = { BEST_EFFORT: 2_000, AT_LEAST_ONCE: 120_000 };
/** Per conference; beyond these limits the oldest events are dropped. */
const maxEvents = 1_000;
const maxCharacters = 1_000_000;

/**
 * Each conference's events without a version: those of `sendEvent`, and the network indicator. They are held in memory
 * for a limited time, number and size, and every reader keeps its own position among them.
 */
export class OutsideEvents {
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #onError: (error: unknown) => void;
  #lastSequence = 0;

  /** `onError` receives what a listener threw. */
  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  /**
   * Holds an event for readers and wakes the waiting ones. Returns false for one that is held already: its sender chose the id,
   * and the request was repeated.
   */
  publish(
    conferenceId: string,
    {
      event,
      qos,
      atVersion,
    }: { readonly event: JsonObject; readonly qos: EventQos; readonly atVersion: number },
  ): boolean {
    const nowMs = this.#clock.elapsedMs();
    const json = JSON.stringify(event);
    const channel = this.#open(conferenceId);
    if (channel.held.some((held) => held.json === json && held.untilMs > nowMs)) return false;
    // Based on the time, so that every position from before a restart precedes all events after it.
    const sequence = Math.max(this.#lastSequence + 1, this.#clock.now());
    this.#lastSequence = sequence;
    const untilMs = nowMs + holdMs[qos];
    channel.held = [...channel.held, { sequence, atVersion, qos, json, untilMs }];
    this.#dropExpired(conferenceId, channel);
    channel.listeners.call();
    return true;
  }

  /** The events after a position, oldest first. */
  after(conferenceId: string, sequence: number): readonly OutsideEvent[] {
    const held = this.#channels.get(conferenceId)?.held ?? [];
    const nowMs = this.#clock.elapsedMs();
    return held.filter((event) => event.sequence > sequence && event.untilMs > nowMs);
  }

  /**
   * The position of a reader that knows the conference at `version` and no event outside its history: before
   * everything sent AT_LEAST_ONCE since then.
   */
  placeAt(conferenceId: string, version: number): number {
    const missed = this.after(conferenceId, 0).find(
      ({ atVersion, qos }) => atVersion >= version && qos === 'AT_LEAST_ONCE',
    );
    return missed ? missed.sequence - 1 : this.#lastSequence;
  }

  /** Calls `listener` on every event of a conference, until the returned function is called. */
  onPublished(conferenceId: string, listener: () => void): () => void {
    const channel = this.#open(conferenceId);
    const removeListener = channel.listeners.add(listener);
    return () => {
      removeListener();
      this.#forgetIdle(conferenceId, channel);
    };
  }

  /** How many conferences hold events or have listeners. */
  get channelCount(): number {
    return this.#channels.size;
  }

  #open(conferenceId: string): Channel {
    const channel = this.#channels.get(conferenceId) ?? {
      held: [],
      listeners: new Listeners<void>(this.#onError),
      stopTimer: () => {},
    };
    this.#channels.set(conferenceId, channel);
    return channel;
  }

  /** Drops what has expired or exceeds the limits, and repeats that at the next expiry. */
  #dropExpired(conferenceId: string, channel: Channel): void {
    const nowMs = this.#clock.elapsedMs();
    channel.held = newest(channel.held.filter(({ untilMs }) => untilMs > nowMs));
    channel.stopTimer();
    if (channel.held.length === 0) {
      this.#forgetIdle(conferenceId, channel);
      return;
    }
    const nextMs = Math.min(...channel.held.map(({ untilMs }) => untilMs));
    channel.stopTimer = this.#clock.setTimer(() => {
      this.#dropExpired(conferenceId, channel);
    }, nextMs - nowMs);
  }

  #forgetIdle(conferenceId: string, { held, listeners }: Channel): void {
    if (held.length === 0 && listeners.size === 0) this.#channels.delete(conferenceId);
  }
}

/** As many of the newest events as the limits allow, but always the last. */
function newest(events: readonly OutsideEvent[]): readonly OutsideEvent[] {
  let characters = 0;
  const last = events.length - 1;
  const dropped = events.findLastIndex(({ json }, index) => {
    characters += json.length;
    return index < last && (events.length - index > maxEvents || characters > maxCharacters);
  });
  return events.slice(dropped + 1);
}
