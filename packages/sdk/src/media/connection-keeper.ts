import { pause } from '../pause.ts';
import { reconnectDelayMs } from '../reconnect-policy.ts';
import { untilOnline } from '../until-online.ts';

/**
 * So long ICE may try by itself: it often comes back from `disconnected`. Chromium says that only after seven seconds of
 * silence, and a server may take ten for the end (ours does), so no more than this is left.
 */
const patienceMs = 1_000;
/** How long a new path may take to be found, before another is tried. */
const connectMs = 6_000;
/** How long new paths are tried, with a server that agrees on them. */
const budgetMs = 30_000;
/** So long the server may be away, as for everything else. Time without a network does not count. */
const awayBudgetMs = 120_000;

/**
 * Whether trying again may help: `refused` says that it will not, and `forgotten` that somebody else sets everything up
 * anew, which takes as long as a new path.
 */
export type RestartResult = 'negotiated' | 'forgotten' | 'failed' | 'refused';

export interface ConnectionKeeperOptions {
  readonly connectionState: () => RTCPeerConnectionState;
  /** Agrees with the server on a new path. Never rejects. */
  readonly restart: (timeoutMs: number) => Promise<RestartResult>;
  /** The connection is lost for good, or never came about. */
  readonly onLost: () => void;
}

/**
 * Watches one connection and restarts ICE when it is lost: at once when it has failed, after a second when it is only
 * disconnected, again and again with jittered pauses, for 30 seconds; two minutes while the server does not answer.
 */
export class ConnectionKeeper {
  readonly #options: ConnectionKeeperOptions;
  /** Whether there was a path; the keys may not have been agreed on over it. */
  #hadPath = false;
  #isClosed = false;
  /** Ends the wait before a restart. */
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Set while restarting; aborts when the connection is there. */
  #recovery: AbortController | undefined;
  /** Cuts the present pause of a recovery short. */
  #hurry = new AbortController();

  constructor(options: ConnectionKeeperOptions) {
    this.#options = options;
  }

  /** To be called at every change of the connection's state. */
  onState(): void {
    const state = this.#options.connectionState();
    if (state === 'connected') {
      this.#hadPath = true;
      this.#calm();
    }
    if (state === 'disconnected') {
      this.#hadPath = true;
      this.#patience ??= setTimeout(() => this.#onImpatient(), patienceMs);
    }
    if (state === 'failed') this.#recover();
  }

  /** The network or the page is back: does at once what was to come. */
  check(): void {
    const state = this.#options.connectionState();
    if (state === 'disconnected' || state === 'failed') this.#recover();
    this.#hurry.abort();
  }

  /** The server has lost it, which the browser would notice much later: sets it up anew at once. */
  onForgotten(): void {
    this.#hadPath = true;
    this.#recover();
  }

  close(): void {
    this.#isClosed = true;
    this.#calm();
  }

  #onImpatient(): void {
    this.#patience = undefined;
    // Meanwhile it may have been set up anew.
    const state = this.#options.connectionState();
    if (state === 'disconnected' || state === 'failed') this.#recover();
  }

  #calm(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#recovery?.abort();
    this.#hurry.abort();
  }

  #recover(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (this.#recovery || this.#isClosed) return;
    // Where no path was found, another will not be found either.
    if (!this.#hadPath) return this.#options.onLost();
    const recovery = new AbortController();
    this.#recovery = recovery;
    void this.#run(recovery.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    let leftMs = budgetMs;
    let awayLeftMs = awayBudgetMs;
    for (let attempt = 0; leftMs > 0 && awayLeftMs > 0; attempt += 1) {
      const startedAtMs = Date.now();
      if (attempt > 0) await this.#pause(reconnectDelayMs(attempt - 1));
      const offlineMs = await untilOnline(signal);
      if (signal.aborted) break;
      const result = await this.#options.restart(leftMs);
      if (result === 'refused') break;
      if (result !== 'failed' && !signal.aborted) await this.#pause(Math.min(connectMs, leftMs));
      const tookMs = Date.now() - startedAtMs - offlineMs;
      if (result === 'failed') awayLeftMs -= tookMs;
      else leftMs -= tookMs;
    }
    this.#recovery = undefined;
    if (!signal.aborted && !this.#isClosed) this.#options.onLost();
    else this.onState();
  }

  #pause(delayMs: number): Promise<void> {
    this.#hurry = new AbortController();
    return pause(delayMs, this.#hurry.signal);
  }
}
