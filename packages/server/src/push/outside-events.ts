import type { EventQos, JsonObject } from '@parley-rtc/contract';
import type { Clock } from '../clock.ts';

/** An event outside the history, as it waits for its readers. */
export interface OutsideEvent {
  /** Grows from event to event, also over a restart. */
  readonly sequence: number;
  /** The conference's version when it happened: it comes before the event of the history with this version. */
  readonly atVersion: number;
  readonly qos: EventQos;
  readonly json: string;
  /** When it can no longer be read. */
  readonly untilMs: number;
}

interface Channel {
  held: readonly OutsideEvent[];
  readonly listeners: Set<() => void>;
  stopTimer: () => void;
}

/** How long an event can still be read. Readers that are connected need a moment; others a time to come back. */
const holdMs: Readonly<Record<EventQos, number>> = { BEST_EFFORT: 2_000, AT_LEAST_ONCE: 120_000 };
/** Per conference; beyond it the oldest go first. */
const mostEvents = 1_000;
const mostCharacters = 1_000_000;

/**
 * The events of each conference that have no version: those of `sendEvent`, the network indicator. They are held in
 * memory for a while, bounded in time, number and size, and every reader has a place of its own among them.
 */
export class OutsideEvents {
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  #lastSequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Holds an event for readers and wakes those who wait. */
  publish(
    conferenceId: string,
    {
      event,
      qos,
      atVersion,
    }: { readonly event: JsonObject; readonly qos: EventQos; readonly atVersion: number },
  ): void {
    const nowMs = this.#clock.now();
    const channel = this.#open(conferenceId);
    // Starts from the time, so that a place from before a restart comes before everything from after it.
    const sequence = Math.max(this.#lastSequence + 1, nowMs);
    this.#lastSequence = sequence;
    const untilMs = nowMs + holdMs[qos];
    channel.held = [...channel.held, { sequence, atVersion, qos, json: JSON.stringify(event), untilMs }];
    this.#tidy(conferenceId, channel);
    for (const listener of channel.listeners) listener();
  }

  /** The events after a place, oldest first. */
  after(conferenceId: string, sequence: number): readonly OutsideEvent[] {
    const held = this.#channels.get(conferenceId)?.held ?? [];
    const nowMs = this.#clock.now();
    return held.filter((event) => event.sequence > sequence && event.untilMs > nowMs);
  }

  /**
   * The place of somebody who knows the conference at `version` and no event outside of it: before what was sent
   * AT_LEAST_ONCE since then.
   */
  placeAt(conferenceId: string, version: number): number {
    const missed = this.after(conferenceId, 0).find(
      ({ atVersion, qos }) => atVersion >= version && qos === 'AT_LEAST_ONCE',
    );
    return missed ? missed.sequence - 1 : this.#lastSequence;
  }

  /** Calls `listener` at every event of a conference until the returned function is called. */
  onPublished(conferenceId: string, listener: () => void): () => void {
    const channel = this.#open(conferenceId);
    channel.listeners.add(listener);
    return () => {
      channel.listeners.delete(listener);
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
      listeners: new Set(),
      stopTimer: () => {},
    };
    this.#channels.set(conferenceId, channel);
    return channel;
  }

  /** Lets go what is over or too much, and comes back when the next is over. */
  #tidy(conferenceId: string, channel: Channel): void {
    const nowMs = this.#clock.now();
    channel.held = newest(channel.held.filter(({ untilMs }) => untilMs > nowMs));
    channel.stopTimer();
    if (channel.held.length === 0) {
      this.#forgetIdle(conferenceId, channel);
      return;
    }
    const nextMs = Math.min(...channel.held.map(({ untilMs }) => untilMs));
    channel.stopTimer = this.#clock.setTimer(() => {
      this.#tidy(conferenceId, channel);
    }, nextMs - nowMs);
  }

  #forgetIdle(conferenceId: string, { held, listeners }: Channel): void {
    if (held.length === 0 && listeners.size === 0) this.#channels.delete(conferenceId);
  }
}

/** As many of the newest as there is room for, but always the last. */
function newest(events: readonly OutsideEvent[]): readonly OutsideEvent[] {
  let first = events.length - 1;
  let characters = events[first]?.json.length ?? 0;
  while (first > 0 && events.length - first < mostEvents) {
    characters += events[first - 1]?.json.length ?? 0;
    if (characters > mostCharacters) break;
    first -= 1;
  }
  return events.slice(Math.max(0, first));
}
