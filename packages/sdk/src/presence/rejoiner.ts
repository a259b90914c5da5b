import { NotFoundError, type Log, type RtcApi } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { mostShortStays, rejoinBudgetMs, shortestStayMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import type { Entered } from './enter-conference.ts';
import { keepLeaving, sayFarewell, type Farewell } from './farewell.ts';

export interface RejoinerOptions {
  readonly api: Pick<RtcApi, 'leave'>;
  readonly conferenceId: string;
  /** Enters again, preferably with the same endpoint id, and reads the state. */
  readonly enterAgain: (
    endpointId: string,
    metadata: JsonObject | undefined,
    signal: AbortSignal,
  ) => Promise<Entered>;
  /** Our metadata, as last known. */
  readonly metadata: () => JsonObject | undefined;
  readonly onOut: () => void;
  readonly onIn: (entered: Entered) => void;
  readonly onGivenUp: (cause: unknown) => void;
  /** The conference ended while we were outside, so there is nothing to rejoin. */
  readonly onGone: (cause: NotFoundError) => void;
  readonly log: Log;
}

/** Keeps our endpoint in the conference: rejoins after the server drops it, or when its page returns from the cache. */
export class Rejoiner {
  readonly #options: RejoinerOptions;
  #endpoint: UserEndpoint;
  #enteredAtMs = -Infinity;
  /** Number of consecutive short stays. */
  #shortStays = 0;
  /** Set while we are outside; aborts rejoining. */
  #outside: AbortController | undefined;
  /** Set while the page is in the browser's back/forward cache; settles when the farewell is complete. */
  #awayFarewell: Promise<void> | undefined;
  #isGivenUp = false;

  constructor(endpoint: UserEndpoint, options: RejoinerOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Our endpoint id, as last assigned by the server. */
  get endpointId(): string {
    return this.#endpoint.id;
  }

  get isOutside(): boolean {
    return this.#outside !== undefined;
  }

  /** Handles that the server dropped us: rejoins with the same metadata, unless this happens repeatedly. */
  onLost(cause?: unknown): void {
    if (this.#outside || this.#isGivenUp) return;
    this.#options.log('warn', 'dropped', { endpointId: this.endpointId }, cause);
    this.#shortStays = Date.now() - this.#enteredAtMs < shortestStayMs ? this.#shortStays + 1 : 0;
    if (this.#shortStays > mostShortStays) this.#options.onGivenUp(cause);
    else void this.#comeBack(this.#stepOut());
  }

  /**
   * Asks whether the server still knows our endpoint, after it refused to know something else, and rejoins if not. Resolves to
   * whether we are outside. Never rejects.
   */
  async isDropped(cause: unknown): Promise<boolean> {
    const endpoint = this.#endpoint;
    const isForgotten = !this.#outside && !this.#isGivenUp && (await endpoint.isForgotten());
    if (isForgotten && endpoint === this.#endpoint) this.onLost(cause);
    return this.#outside !== undefined;
  }

  /**
   * Handles that a snapshot does not list us, because the server's history was set back or restarted. Nobody dropped us, so
   * this does not count as a short stay.
   */
  onMissing(): void {
    if (this.#outside || this.#isGivenUp) return;
    this.#options.log('warn', 'missing', { endpointId: this.endpointId });
    void this.#comeBack(this.#stepOut());
  }

  /** Leaves, so that other participants do not see one whose page is closed; `onReturn` rejoins. */
  onAway(): void {
    if (this.#outside || this.#isGivenUp) return;
    this.#stepOut();
    this.#awayFarewell = this.#sayFarewell(this.#endpoint, { keepalive: true, leave: {} });
  }

  /** The page is back from the cache. */
  onReturn(): void {
    if (this.#awayFarewell && this.#outside) void this.#comeBack(this.#outside.signal);
  }

  /** Leaves for good. Resolves once the server knows, or cannot be reached; never rejects. */
  giveUp(farewell: Farewell): Promise<void> {
    this.#isGivenUp = true;
    this.#outside?.abort();
    return this.#sayFarewell(this.#endpoint, farewell);
  }

  #stepOut(): AbortSignal {
    this.#outside = new AbortController();
    this.#endpoint.stop();
    this.#options.onOut();
    return this.#outside.signal;
  }

  async #comeBack(signal: AbortSignal): Promise<void> {
    const { enterAgain, metadata, onIn, onGivenUp, onGone } = this.#options;
    try {
      await this.#awayFarewell;
      this.#awayFarewell = undefined;
      const entered = await retry(() => enterAgain(this.#endpoint.id, metadata(), signal), {
        signal,
        budgetMs: rejoinBudgetMs,
      });
      if (this.#isGivenUp) return await this.#sayFarewell(entered.endpoint, { leave: {} });
      this.#endpoint = entered.endpoint;
      this.#enteredAtMs = Date.now();
      this.#outside = undefined;
      this.#options.log('info', 'rejoined', { endpointId: this.endpointId });
      onIn(entered);
    } catch (error) {
      if (this.#isGivenUp) return;
      // Not the endpoint's: that was registered just before.
      if (error instanceof NotFoundError) onGone(error);
      else onGivenUp(error);
    }
  }

  #sayFarewell(endpoint: UserEndpoint, farewell: Farewell): Promise<void> {
    const { api, conferenceId } = this.#options;
    return sayFarewell(farewell.keepalive ? api : keepLeaving(api), endpoint, conferenceId, farewell);
  }
}
