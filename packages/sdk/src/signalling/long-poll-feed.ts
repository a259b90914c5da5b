import { NotFoundError, ParleyError, TokenError, UnauthorizedError, type Log } from '@parley-rtc/client';
import { UNKNOWN_VERSION, type ConferenceState } from '@parley-rtc/contract';
import { removalIn } from '../errors/removal-in.ts';
import { askedPauseMs } from '../waiting/asked-pause.ts';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';
import {
  offlineTryMs,
  pollSilenceMs,
  refusedPushMs,
  rejoinBudgetMs,
  secondLookMs,
  shortestHoldMs,
  suspicionMs,
  unsupportedPushMs,
} from '../waiting/recovery-policy.ts';
import { noteNetwork, untilOnline } from '../waiting/until-online.ts';
import type { EventFeed, EventFeedSink } from './event-feed.ts';
import { EventTaker } from './event-taker.ts';
import { isPositionRefusal } from './is-position-refusal.ts';
import { oncePerCode, type OncePerCode } from './once-per-code.ts';
import type { FollowPush, PushEnd, PushFeedOptions } from './push-feed.ts';

export interface LongPollFeedOptions extends EventFeedSink {
  readonly log: Log;
  /**
   * Fetches the events from `version` on. The server holds the request while there are none, and refuses it if its history
   * has another `versionId` there.
   */
  readonly poll: (
    from: { readonly version?: number; readonly versionId?: string | undefined },
    signal: AbortSignal,
  ) => Promise<readonly unknown[]>;
  readonly readSnapshot: (signal: AbortSignal) => Promise<ConferenceState>;
  /** Loads the push, which replaces polling on servers that support it. Default: polling only. */
  readonly loadPush?:
    ((verbs: Pick<PushFeedOptions, 'onOpen' | 'onEvent'>) => Promise<FollowPush>) | undefined;
}

/**
 * Follows a conference by `GET /conferences/{id}/events?v=`: repeatedly asks for events after the version it knows. Reads
 * the snapshot when an event is missing or has an unknown effect; pauses longer after each failure. Switches to the push
 * when its code is loaded, and back to polling for a while when the server refuses it or a proxy holds it back.
 *
 * Does not use `retry`: a feed asks again after success too, never stops trying, and `nudge` restarts the round.
 */
export class LongPollFeed implements EventFeed {
  readonly #options: LongPollFeedOptions;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  readonly #problems: OncePerCode;
  readonly #taker: EventTaker;
  #push: FollowPush | undefined;
  /** Earliest time to try the push, in milliseconds since the epoch. */
  #pushFromMs = 0;
  /** Number of consecutive pushes that went silent. */
  #silentPushes = 0;
  /** Since when a poll or an open push waits for events, in milliseconds since the epoch. */
  #waitingSinceMs = Infinity;
  /** Runs from the loss of an idle connection until the loss is announced. */
  #suspicion: ReturnType<typeof setTimeout> | undefined;
  #attempt = new AbortController();
  #failures = 0;
  /** 1 for a server that omits the event at `v` itself, so that we ask from one version earlier. */
  #boundary: 0 | 1 = 0;
  /** Whether the last call failed. */
  #isLost = false;
  /** Whether the server refused our position, and has not accepted another since. */
  #isRefused = false;
  /** Since when the server refuses our login, in milliseconds since the epoch. */
  #loggedOutSinceMs = Infinity;
  /** Whether the last snapshot was older than our state: read from a lagging replica, or of a history that was set back. */
  #isDoubted = false;
  /** Whether the next push continues after the last one: not if a snapshot has replaced the state. */
  #isPushContinued = true;
  #lastNewsAt = Date.now();

  constructor(options: LongPollFeedOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#problems = oncePerCode(options.onProblem);
    this.#taker = new EventTaker(options, this.#problems);
    // The server has just answered our join, whatever the browser says about the network.
    noteNetwork(true);
    void this.#run();
    void this.#findPush();
  }

  stop(): void {
    this.#stopped.abort();
    this.#attempt.abort();
    clearTimeout(this.#suspicion);
  }

  nudge(): void {
    this.#failures = 0;
    this.#attempt.abort();
  }

  resume(snapshot: ConferenceState): ConferenceState {
    const counts = this.#counts(snapshot);
    if (counts) this.#restart(snapshot);
    this.nudge();
    return counts ? snapshot : this.#options.conference();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#attempt = new AbortController();
      await untilOnline(this.#attempt.signal, { onOffline: () => this.#onLoss(), tryAfterMs: offlineTryMs });
      if (this.#attempt.signal.aborted) continue;
      const delayMs = await this.#round(this.#attempt.signal);
      if (this.#options.conference().ended) this.stop();
      if (delayMs > 0) await pause(delayMs, this.#attempt.signal);
    }
  }

  /** Asks the server once. Returns how long to wait before asking again, in milliseconds. */
  async #round(signal: AbortSignal): Promise<number> {
    this.#waitingSinceMs = Infinity;
    let askedMs = 0;
    try {
      const hasProgress = await this.#look(signal);
      if (signal.aborted) return 0;
      this.#failures = hasProgress ? 0 : this.#failures + 1;
    } catch (error) {
      if (signal.aborted) return 0;
      if (isPositionRefusal(error)) this.#onRefusal(error);
      else this.#onFailure(error);
      askedMs = askedPauseMs(error);
    }
    return this.#failures === 0 ? askedMs : Math.max(askedMs, backoffMs(this.#failures - 1));
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    if (this.#isDoubted) await pause(secondLookMs, signal);
    if (signal.aborted) return true;
    const needsSnapshot = this.#needsSnapshot;
    if (this.#push && !needsSnapshot && Date.now() >= this.#pushFromMs) {
      return this.#followPush(this.#push, signal);
    }
    const isMissing = this.#taker.needsSnapshot;
    const hasProgress = await (needsSnapshot ? this.#readSnapshot(signal) : this.#poll(signal));
    const isAnswered = needsSnapshot ? !this.#isDoubted && !this.#isRefused : true;
    if (!signal.aborted && isAnswered) this.#onAnswer();
    // A mere comparison need not change anything.
    return hasProgress || (needsSnapshot && !isMissing);
  }

  /**
   * Whether to read a snapshot before following on. After a failure the server may have restarted with an older history;
   * only a server that sends version ids notices that itself.
   */
  get #needsSnapshot(): boolean {
    const isUnchecked = this.#isLost && this.#options.conference().versionId === undefined;
    return this.#taker.needsSnapshot || this.#isDoubted || isUnchecked;
  }

  /** Returns false if the push ended so soon that reopening it without a pause could loop. */
  async #followPush(push: FollowPush, signal: AbortSignal): Promise<boolean> {
    const openedAt = Date.now();
    const isContinued = this.#isPushContinued;
    this.#isPushContinued = true;
    const end = await push(signal, isContinued);
    if (!signal.aborted) this.#log(end === 'over' ? 'debug' : 'info', `push ${end}`);
    this.#silentPushes = end === 'silent' ? this.#silentPushes + 1 : 0;
    if (end === 'silent') this.#suspect();
    const isRefused = end !== 'over' && (end !== 'misplaced' || this.#isRefused);
    if (isRefused) this.#pushFromMs = Date.now() + this.#pollingMs(end);
    if (end === 'misplaced') this.#onRefusal();
    return end !== 'over' || this.#taker.needsSnapshot || Date.now() - openedAt >= shortestHoldMs;
  }

  /** How long to poll after a push ended like this. No end is final: proxies and servers change during a call. */
  #pollingMs(end: PushEnd): number {
    if (end === 'unsupported') return unsupportedPushMs;
    return Math.min(refusedPushMs * 2 ** Math.max(0, this.#silentPushes - 1), unsupportedPushMs);
  }

  async #findPush(): Promise<void> {
    try {
      this.#push = await this.#options.loadPush?.({
        onOpen: () => {
          this.#log('info', 'following by push', { version: this.#options.conference().version });
          this.#failures = 0;
          this.#isRefused = false;
          this.#waitingSinceMs = Date.now();
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
      // The push code could not be loaded; polling is enough on its own.
    }
    if (this.#push) this.nudge();
  }

  #onAnswer(): void {
    if (this.#isLost) this.#log('info', 'connected again');
    this.#isLost = false;
    this.#loggedOutSinceMs = Infinity;
    clearTimeout(this.#suspicion);
    noteNetwork(true);
    this.#options.onConnection('connected');
    this.#problems.forget();
  }

  /** Returns false if the server answered immediately with nothing new, when asking without a pause would loop. */
  async #poll(signal: AbortSignal): Promise<boolean> {
    const { conference, poll } = this.#options;
    const { version, versionId } = conference();
    const askedAt = Date.now();
    this.#waitingSinceMs = askedAt;
    // After a failure, also ask for one known event: the server answers immediately, which shows that it is back.
    const isProbe = this.#isLost;
    const from = Math.max(0, version - this.#boundary - (isProbe ? 1 : 0));
    this.#log('debug', 'polling', { version: from, isProbe });
    const at = from === version ? { version, versionId } : { version: from };
    const answer = await poll(version === UNKNOWN_VERSION ? {} : at, signal);
    if (signal.aborted) return true;
    this.#isRefused = false;
    if (this.#taker.take(answer, this.#stopped.signal)) {
      this.#lastNewsAt = Date.now();
      return true;
    }
    if (isProbe) return true;
    if (this.#boundary === 1 && answer.length > 0) {
      // The server sent the event at `v`, which we already know, so its boundary is as documented.
      this.#boundary = 0;
      return true;
    }
    if (Date.now() - this.#lastNewsAt >= pollSilenceMs) await this.#compareVersions(signal);
    return Date.now() - askedAt >= shortestHoldMs;
  }

  /** Returns whether the snapshot changes the state. */
  async #readSnapshot(signal: AbortSignal): Promise<boolean> {
    const { conference, readSnapshot, onSnapshot } = this.#options;
    const before = conference();
    const { needsSnapshot, isSetBack } = this.#taker;
    const why = isSetBack ? 'another history' : needsSnapshot ? 'events missing' : 'comparing';
    this.#log(needsSnapshot ? 'warn' : 'debug', `${why}; reading the state`, { version: before.version });
    const snapshot = await readSnapshot(signal);
    if (signal.aborted || !this.#counts(snapshot)) return false;
    this.#restart(snapshot);
    onSnapshot(snapshot);
    return conference() !== before;
  }

  /**
   * Whether a snapshot replaces our state. An older one of the same history comes from a lagging replica, or the history was
   * set back to it: the next one decides.
   */
  #counts(snapshot: ConferenceState): boolean {
    const { version } = this.#options.conference();
    const isOlder = snapshot.version !== UNKNOWN_VERSION && snapshot.version < version;
    const counts = !isOlder || this.#taker.isSetBack || this.#isDoubted || !this.#taker.mayPrecede(snapshot);
    this.#isDoubted = !counts;
    if (isOlder) this.#log('warn', 'the server is behind', { version, serverVersion: snapshot.version });
    return counts;
  }

  #restart(snapshot: ConferenceState): void {
    this.#taker.restart(snapshot);
    this.#isPushContinued = false;
    this.#lastNewsAt = Date.now();
  }

  /** Polls may return nothing because nothing happens, or because the server is behind or interprets `v` differently. */
  async #compareVersions(signal: AbortSignal): Promise<void> {
    const { version } = this.#options.conference();
    await this.#readSnapshot(signal);
    this.#lastNewsAt = Date.now();
    if (this.#options.conference().version > version) this.#boundary = 1;
  }

  /** Reads the state in the next round. The same refusal again is a failure. */
  #onRefusal(error?: ParleyError): void {
    this.#log('warn', 'position refused', { version: this.#options.conference().version }, error);
    if (this.#isRefused && error) this.#onFailure(error);
    this.#isRefused = true;
    this.#taker.onSetBack();
  }

  #onFailure(error: unknown): void {
    if (error instanceof NotFoundError || removalIn(error)) {
      this.stop();
      this.#options.onGone(error);
      return;
    }
    const wasIdle = Date.now() - this.#waitingSinceMs >= shortestHoldMs;
    if (wasIdle && !this.#isLost) return this.#suspect(error);
    this.#failures += 1;
    this.#onLoss(error);
    if (!(error instanceof ParleyError) || error.retryable) return;
    this.#problems.tell(error);
    if (!(error instanceof TokenError || error instanceof UnauthorizedError)) return;
    // A server that restarted without its data never accepts the login again, and nothing else would end the call.
    this.#loggedOutSinceMs = Math.min(this.#loggedOutSinceMs, Date.now());
    if (Date.now() - this.#loggedOutSinceMs < rejoinBudgetMs) return;
    this.stop();
    this.#options.onGone(error);
  }

  /** An idle connection broke. Proxies close those, so the feed asks immediately, and announces a loss only if that fails. */
  #suspect(error?: unknown): void {
    this.#log('debug', 'idle connection lost', {}, error);
    this.#isLost = true;
    clearTimeout(this.#suspicion);
    this.#suspicion = setTimeout(() => this.#onLoss(error), suspicionMs);
  }

  #onLoss(error?: unknown): void {
    clearTimeout(this.#suspicion);
    noteNetwork(false);
    this.#log('warn', error ? 'interrupted' : 'offline', { failures: this.#failures }, error);
    this.#isLost = true;
    this.#options.onConnection('reconnecting');
  }
}
