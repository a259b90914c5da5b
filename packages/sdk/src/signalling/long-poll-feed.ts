import { NotFoundError, ParleyError } from '@parley-rtc/client';
import { type ConferenceState, UNKNOWN_VERSION } from '@parley-rtc/contract';
import type { EventFeed, EventFeedSink } from './event-feed.ts';
import { EventTaker } from './event-taker.ts';
import { OncePerCode } from './once-per-code.ts';
import { pause } from '../pause.ts';
import type { FollowPush, PushFeedOptions } from './push-feed.ts';
import { reconnectDelayMs } from '../reconnect-policy.ts';
import { untilOnline } from '../until-online.ts';

/** A poll that brings nothing new sooner than this was not held by the server. */
const shortestHoldMs = 1_000;
/** After so long a silence the version is compared with the server's. */
const silenceMs = 30_000;
/** For so long a server that refused the push is polled before it is asked again. */
const refusedPushMs = 60_000;

export interface LongPollFeedOptions extends EventFeedSink {
  /** The events from `version` on; held by the server while there is none. */
  readonly poll: (version: number | undefined, signal: AbortSignal) => Promise<readonly unknown[]>;
  readonly readSnapshot: (signal: AbortSignal) => Promise<ConferenceState>;
  /** Makes the push, which takes the place of the polls where the server has one. Default: polls only. */
  readonly loadPush?:
    ((verbs: Pick<PushFeedOptions, 'onOpen' | 'onEvent'>) => Promise<FollowPush>) | undefined;
}

/**
 * Follows a conference by `GET /conferences/{id}/events?v=`: asks for what comes after the version it knows, again and
 * again. Reads the snapshot anew when an event is missing or has an unknown effect; waits longer after each failure.
 * Goes over to the push as soon as that is loaded, and back where the server has none.
 */
export class LongPollFeed implements EventFeed {
  readonly #options: LongPollFeedOptions;
  readonly #stopped = new AbortController();
  readonly #problems: OncePerCode;
  readonly #taker: EventTaker;
  #push: FollowPush | undefined;
  /** When the push may be tried, in milliseconds since the epoch. */
  #pushFromMs = 0;
  #attempt = new AbortController();
  #failures = 0;
  /** 1 for a server that leaves out the event at `v` itself: then one less is asked for. */
  #boundary: 0 | 1 = 0;
  /** The last call failed. */
  #isLost = false;
  #lastNewsAt = Date.now();

  constructor(options: LongPollFeedOptions) {
    this.#options = options;
    this.#problems = new OncePerCode(options.onProblem);
    this.#taker = new EventTaker(options, this.#problems);
    void this.#run();
    void this.#findPush();
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
      await untilOnline(this.#attempt.signal, () => this.#onLoss());
      if (this.#attempt.signal.aborted) continue;
      const delayMs = await this.#round(this.#attempt.signal);
      if (this.#options.conference().ended) this.stop();
      if (delayMs > 0) await pause(delayMs, this.#attempt.signal);
    }
  }

  /** One look at the server. Returns how long to wait before the next. */
  async #round(signal: AbortSignal): Promise<number> {
    try {
      const isFruitful = await this.#look(signal);
      if (signal.aborted) return 0;
      this.#failures = isFruitful ? 0 : this.#failures + 1;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#onFailure(error);
    }
    return this.#failures === 0 ? 0 : reconnectDelayMs(this.#failures - 1);
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    if (this.#push && !this.#taker.needsSnapshot && Date.now() >= this.#pushFromMs) {
      return this.#followPush(this.#push, signal);
    }
    const isFruitful = await (this.#taker.needsSnapshot ? this.#readSnapshot(signal) : this.#poll(signal));
    if (!signal.aborted) this.#onAnswer();
    return isFruitful;
  }

  /** True unless the push was over at once. */
  async #followPush(push: FollowPush, signal: AbortSignal): Promise<boolean> {
    const openedAt = Date.now();
    const end = await push(signal);
    if (end === 'unsupported') this.#push = undefined;
    if (end === 'refused') this.#pushFromMs = Date.now() + refusedPushMs;
    return end !== 'over' || this.#taker.needsSnapshot || Date.now() - openedAt >= shortestHoldMs;
  }

  async #findPush(): Promise<void> {
    try {
      this.#push = await this.#options.loadPush?.({
        onOpen: () => {
          this.#failures = 0;
          this.#onAnswer();
        },
        onEvent: (event) => {
          const { signal } = this.#stopped;
          if (this.#taker.take([event], signal)) this.#lastNewsAt = Date.now();
          if (this.#options.conference().ended) this.stop();
          return !signal.aborted && !this.#taker.needsSnapshot;
        },
      });
    } catch {
      // Its file cannot be had, so the polls go on: they are always enough.
    }
    if (this.#push) this.nudge();
  }

  #onAnswer(): void {
    this.#isLost = false;
    this.#options.onConnection('connected');
    this.#problems.forget();
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
    if (this.#taker.take(answer, this.#stopped.signal)) {
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

  /** True if the snapshot leads on. One that is older than what is known comes from a copy that lags: ask again. */
  async #readSnapshot(signal: AbortSignal): Promise<boolean> {
    const { conference, readSnapshot, onSnapshot } = this.#options;
    const before = conference().version;
    const snapshot = await readSnapshot(signal);
    if (signal.aborted || snapshot.version < conference().version) return false;
    this.#taker.needsSnapshot = false;
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
    if (error instanceof NotFoundError) {
      this.stop();
      this.#options.onGone();
      return;
    }
    this.#failures += 1;
    this.#onLoss();
    if (error instanceof ParleyError && !error.retryable) this.#problems.tell(error);
  }

  #onLoss(): void {
    this.#isLost = true;
    this.#options.onConnection('reconnecting');
  }
}
