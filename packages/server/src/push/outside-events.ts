import type { EventQos, JsonObject } from '@parley-rtc/contract';
import type { Clock } from '../clock.ts';
import type { Channel } from '../event-log/sharing.ts';
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

/** An event as nodes tell it each other. */
export interface SharedOutsideEvent extends Pick<OutsideEvent, 'atVersion' | 'json' | 'qos'> {
  readonly conferenceId: string;
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAtMs: number;
}

interface HeldEvents {
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
  readonly #channels = new Map<string, HeldEvents>();
  readonly #onError: (error: unknown) => void;
  readonly #nodes: Channel<SharedOutsideEvent> | undefined;
  #lastSequence = 0;

  /** `onError` receives what a listener threw. `nodes` reaches all nodes; absent without others. */
  constructor(clock: Clock, onError: (error: unknown) => void, nodes?: Channel<SharedOutsideEvent>) {
    this.#clock = clock;
    this.#onError = onError;
    this.#nodes = nodes;
    nodes?.onMessage(({ conferenceId, sentAtMs, ...event }, place) => {
      this.#hold(conferenceId, event, place, Math.max(0, clock.now() - sentAtMs));
    });
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
    const json = JSON.stringify(event);
    const shared = { atVersion, qos, json };
    if (!this.#nodes) {
      // Based on the time, so that every position from before a restart precedes all events after it.
      return this.#hold(conferenceId, shared, Math.max(this.#lastSequence + 1, this.#clock.now()));
    }
    if (this.#isHeld(conferenceId, json)) return false;
    this.#nodes.publish({ conferenceId, ...shared, sentAtMs: this.#clock.now() });
    return true;
  }

  #isHeld(conferenceId: string, json: string): boolean {
    const nowMs = this.#clock.elapsedMs();
    const { held = [] } = this.#channels.get(conferenceId) ?? {};
    return held.some((event) => event.json === json && event.untilMs > nowMs);
  }

  #hold(
    conferenceId: string,
    { atVersion, qos, json }: Pick<OutsideEvent, 'atVersion' | 'json' | 'qos'>,
    sequence: number,
    ageMs = 0,
  ): boolean {
    if (ageMs >= holdMs[qos] || this.#isHeld(conferenceId, json)) return false;
    const channel = this.#open(conferenceId);
    this.#lastSequence = sequence;
    const untilMs = this.#clock.elapsedMs() + holdMs[qos] - ageMs;
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

  #open(conferenceId: string): HeldEvents {
    const channel = this.#channels.get(conferenceId) ?? {
      held: [],
      listeners: new Listeners<void>(this.#onError),
      stopTimer: () => {},
    };
    this.#channels.set(conferenceId, channel);
    return channel;
  }

  /** Drops what has expired or exceeds the limits, and repeats that at the next expiry. */
  #dropExpired(conferenceId: string, channel: HeldEvents): void {
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

  #forgetIdle(conferenceId: string, { held, listeners }: HeldEvents): void {
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
