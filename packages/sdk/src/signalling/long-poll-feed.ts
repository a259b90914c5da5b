import { NotFoundError, ParleyError } from '@parley-rtc/client';
import {
  type ConferenceEvent,
  type ConferenceState,
  decodeEvent,
  follow,
  UNKNOWN_VERSION,
} from '@parley-rtc/contract';
import { UnreadableEventError } from '../errors/conference-errors.ts';
import type { EventFeed, EventFeedSink } from './event-feed.ts';
import { OncePerCode } from './once-per-code.ts';
import { pause } from './pause.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';
import { SeenIds } from './seen-ids.ts';
import { untilOnline } from './until-online.ts';

/** A poll that brings nothing new sooner than this was not held by the server. */
const shortestHoldMs = 1_000;
/** After so long a silence the version is compared with the server's. */
const silenceMs = 30_000;

export interface LongPollFeedOptions extends EventFeedSink {
  /** The events from `version` on; held by the server while there is none. */
  readonly poll: (version: number | undefined, signal: AbortSignal) => Promise<readonly unknown[]>;
  readonly readSnapshot: (signal: AbortSignal) => Promise<ConferenceState>;
}

/**
 * Follows a conference by `GET /conferences/{id}/events?v=`: asks for what comes after the version it knows, again and
 * again. Reads the snapshot anew when an event is missing or has an unknown effect; waits longer after each failure.
 */
export class LongPollFeed implements EventFeed {
  readonly #options: LongPollFeedOptions;
  readonly #stopped = new AbortController();
  readonly #seen = new SeenIds();
  readonly #problems: OncePerCode;
  #attempt = new AbortController();
  #failures = 0;
  #needsSnapshot = false;
  /** 1 for a server that leaves out the event at `v` itself: then one less is asked for. */
  #boundary: 0 | 1 = 0;
  /** The last call failed. */
  #isLost = false;
  #lastNewsAt = Date.now();

  constructor(options: LongPollFeedOptions) {
    this.#options = options;
    this.#problems = new OncePerCode(options.onProblem);
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
    this.#attempt.abort();
  }

  nudge(): void {
    this.#failures = 0;
    this.#attempt.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#attempt = new AbortController();
      await untilOnline(this.#attempt.signal, () => this.#options.onConnection('reconnecting'));
      const delayMs = await this.#round(this.#attempt.signal);
      if (this.#options.conference().ended) this.stop();
      if (delayMs > 0) await pause(delayMs, this.#attempt.signal);
    }
  }

  /** One look at the server. Returns how long to wait before the next. */
  async #round(signal: AbortSignal): Promise<number> {
    try {
      const isFruitful = this.#needsSnapshot ? await this.#readSnapshot(signal) : await this.#poll(signal);
      if (signal.aborted) return 0;
      this.#isLost = false;
      this.#options.onConnection('connected');
      this.#problems.forget();
      this.#failures = isFruitful ? 0 : this.#failures + 1;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#onFailure(error);
    }
    return this.#failures === 0 ? 0 : reconnectDelayMs(this.#failures - 1);
  }

  /** True unless the server answered at once with nothing new: then asking again at once would go on for ever. */
  async #poll(signal: AbortSignal): Promise<boolean> {
    const { conference, poll } = this.#options;
    const { version } = conference();
    const askedAt = Date.now();
    // After a failure one event that is known is asked for too: the server answers at once, so we see that it is back.
    const isProbe = this.#isLost;
    const from = Math.max(0, version - this.#boundary - (isProbe ? 1 : 0));
    const answer = await poll(version === UNKNOWN_VERSION ? undefined : from, signal);
    if (signal.aborted) return true;
    if (this.#take(answer)) {
      this.#lastNewsAt = Date.now();
      return true;
    }
    if (isProbe) return true;
    if (this.#boundary === 1 && answer.length > 0) {
      // It does send the event at `v`, and that one is old: the boundary was as documented after all.
      this.#boundary = 0;
      return true;
    }
    if (Date.now() - this.#lastNewsAt >= silenceMs) await this.#compareVersions(signal);
    return Date.now() - askedAt >= shortestHoldMs;
  }

  /** Applies what a poll brought; true if it moves the conference or calls for a snapshot. */
  #take(answer: readonly unknown[]): boolean {
    const { conference, onEvent } = this.#options;
    const events = decodeAll(answer, this.#problems).filter(({ id }) => !this.#seen.has(id));
    const { applied, outside, needsSnapshot } = follow(conference(), events);
    for (const event of [...applied, ...outside]) {
      if (this.#stopped.signal.aborted) return true;
      if (!this.#seen.add(event.id)) continue;
      onEvent(event);
    }
    // An event of the history that lacks its place in it: something happened, and only a snapshot can tell what.
    const misplaced = outside.some(
      ({ type }) => type !== 'UnknownEvent' && type !== 'ConferenceNetworkIndicatorUpdatedEvent',
    );
    this.#needsSnapshot = needsSnapshot || misplaced;
    return applied.length > 0 || this.#needsSnapshot;
  }

  /** True if the snapshot leads on. One that is older than what is known comes from a copy that lags: ask again. */
  async #readSnapshot(signal: AbortSignal): Promise<boolean> {
    const { conference, readSnapshot, onSnapshot } = this.#options;
    const before = conference().version;
    const snapshot = await readSnapshot(signal);
    if (signal.aborted || snapshot.version < conference().version) return false;
    this.#needsSnapshot = false;
    this.#lastNewsAt = Date.now();
    onSnapshot(snapshot);
    return snapshot.version > before;
  }

  /** Polls may be silent because nothing happens, or because the server means something else by `v`. */
  async #compareVersions(signal: AbortSignal): Promise<void> {
    const { conference, readSnapshot } = this.#options;
    const { version } = await readSnapshot(signal);
    this.#lastNewsAt = Date.now();
    if (version > conference().version) this.#boundary = 1;
  }

  #onFailure(error: unknown): void {
    const { onConnection, onGone } = this.#options;
    if (error instanceof NotFoundError) {
      this.stop();
      onGone();
      return;
    }
    this.#failures += 1;
    this.#isLost = true;
    onConnection('reconnecting');
    if (error instanceof ParleyError && !error.retryable) this.#problems.tell(error);
  }
}

function decodeAll(answer: readonly unknown[], problems: OncePerCode): ConferenceEvent[] {
  return answer.flatMap((input) => {
    try {
      return [decodeEvent(input)];
    } catch (cause) {
      problems.tell(new UnreadableEventError({ cause }));
      return [];
    }
  });
}
