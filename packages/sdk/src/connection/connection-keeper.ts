import type { Log } from '@parley-rtc/client';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';
import {
  iceGraceMs,
  iceRestartTimeoutMs,
  rejoinBudgetMs,
  renewalBudgetMs,
} from '../waiting/recovery-policy.ts';
import { spentMs } from '../waiting/spent.ts';
import { untilOnline } from '../waiting/until-online.ts';

/**
 * The result of a restart. `refused` rules out another attempt; after `forgotten` the owner of the link sets it up again,
 * which takes as long as a new path.
 */
export type RestartResult = 'negotiated' | 'forgotten' | 'failed' | 'refused';

export interface ConnectionKeeperOptions {
  readonly connectionState: () => RTCPeerConnectionState;
  /** Whether ICE has a path now, over which DTLS may have failed. */
  readonly hasPath: () => boolean;
  /** Negotiates a new path with the server. Never rejects. */
  readonly restart: (timeoutMs: number) => Promise<RestartResult>;
  /** The connection cannot be recovered, or was never established. */
  readonly onLost: () => void;
  readonly log?: Log | undefined;
}

/**
 * Watches one connection and restarts ICE when it is lost: immediately after a failure, after 1 s when it is only
 * disconnected. Retries with jittered backoff for 30 s, or for two minutes while the server does not answer.
 */
export class ConnectionKeeper {
  readonly #options: ConnectionKeeperOptions;
  /** Whether there was a path, even if DTLS never completed over it. */
  #hadPath = false;
  #isClosed = false;
  /** Runs while ICE may still recover unaided. */
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** Set while restarting; aborts once the connection is established. */
  #recovery: AbortController | undefined;
  /** Ends the current pause of a recovery early. */
  #hurry = new AbortController();

  constructor(options: ConnectionKeeperOptions) {
    this.#options = options;
  }

  /** Call this whenever the connection's state changes. */
  onState(): void {
    const state = this.#options.connectionState();
    if (state === 'connected') {
      this.#hadPath = true;
      this.#calm();
    }
    if (state === 'disconnected') {
      this.#hadPath = true;
      // A restart that is running has its own time.
      if (!this.#recovery) this.#grace ??= setTimeout(() => this.check(), iceGraceMs);
    }
    if (state === 'failed') this.#recover();
  }

  /** Restarts a lost connection without delay: the network or page is back, or the grace period is over. */
  check(): void {
    this.#endGrace();
    const state = this.#options.connectionState();
    if (state === 'disconnected' || state === 'failed') this.#recover();
    this.#hurry.abort();
  }

  /** Restarts immediately: the server has lost the connection, which the browser would notice much later. */
  onForgotten(): void {
    this.#options.log?.('warn', 'lost by the server');
    this.#hadPath = true;
    this.#recover();
  }

  close(): void {
    this.#isClosed = true;
    this.#calm();
  }

  #calm(): void {
    this.#endGrace();
    this.#recovery?.abort();
    this.#hurry.abort();
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #recover(): void {
    this.#endGrace();
    if (this.#recovery || this.#isClosed) return;
    // Where ICE never found a path, a restart will not find one either. A handshake that failed over a path can succeed next time.
    this.#hadPath ||= this.#options.hasPath();
    if (!this.#hadPath) return this.#fail();
    const recovery = new AbortController();
    this.#recovery = recovery;
    void this.#run(recovery.signal);
  }

  /**
   * Not `retry`: success arrives as a state of the connection instead of a result, pauses can be cut short, and two budgets
   * apply: one for paths that do not connect, one for a server that does not answer.
   */
  async #run(signal: AbortSignal): Promise<void> {
    let leftMs = renewalBudgetMs;
    let awayLeftMs = rejoinBudgetMs;
    for (let attempt = 0; leftMs > 0 && awayLeftMs > 0 && !signal.aborted; attempt += 1) {
      let tookMs = attempt > 0 ? await this.#pause(backoffMs(attempt - 1)) : 0;
      await untilOnline(signal);
      if (signal.aborted) break;
      const { connectionState, log } = this.#options;
      log?.('warn', 'restarting ICE', { attempt, state: connectionState(), leftMs });
      const restartedAtMs = Date.now();
      const result = await this.#options.restart(leftMs);
      if (result === 'refused') break;
      tookMs += spentMs(restartedAtMs);
      if (result !== 'failed' && !signal.aborted) {
        tookMs += await this.#pause(Math.min(iceRestartTimeoutMs, leftMs));
      }
      if (result === 'failed') awayLeftMs -= tookMs;
      else leftMs -= tookMs;
    }
    this.#recovery = undefined;
    if (!signal.aborted && !this.#isClosed) return this.#fail();
    this.onState();
  }

  #fail(): void {
    this.#options.log?.('error', 'gave up', { hadPath: this.#hadPath });
    this.#options.onLost();
  }

  /** Resolves with how much of a budget the pause has spent, in milliseconds. */
  async #pause(delayMs: number): Promise<number> {
    const startedAtMs = Date.now();
    this.#hurry = new AbortController();
    await pause(delayMs, this.#hurry.signal);
    return spentMs(startedAtMs);
  }
}
