import type { RtcApi } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import type { Entered } from './enter-conference.ts';
import { type Farewell, sayFarewell } from './farewell.ts';
import { keepLeaving } from './keep-leaving.ts';
import { keepTrying } from './keep-trying.ts';

export interface SeatOptions {
  readonly api: Pick<RtcApi, 'leave'>;
  readonly conferenceId: string;
  /** Enters once more, best with the same endpoint id, and reads the state. */
  readonly enterAgain: (
    endpointId: string,
    metadata: JsonObject | undefined,
    signal: AbortSignal,
  ) => Promise<Entered>;
  /** How we described ourselves last. */
  readonly metadata: () => JsonObject | undefined;
  readonly onOut: () => void;
  readonly onIn: (entered: Entered) => void;
  readonly onGivenUp: (cause: unknown) => void;
}

/** Who is let go again so soon after coming back, and once more, is not wanted, or has a twin with the same endpoint id. */
const shortestStayMs = 10_000;
/** One may be the last word of a twin that gives the seat up: it leaves first, and then takes its endpoint back. */
const mostShortStays = 1;

/** Our endpoint in a conference, and its way back in after the server has let it go or its page was left. */
export class Seat {
  readonly #options: SeatOptions;
  #endpoint: UserEndpoint;
  #enteredAtMs = -Infinity;
  /** How many in a row. */
  #shortStays = 0;
  /** Set while we are outside, and nothing else is to try to get in. */
  #outside: AbortController | undefined;
  /** Set while the page is in the browser's back/forward cache; settles when the server was told. */
  #awayTold: Promise<void> | undefined;
  #isGivenUp = false;

  constructor(endpoint: UserEndpoint, options: SeatOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Our endpoint, as the server named it last. */
  get endpointId(): string {
    return this.#endpoint.id;
  }

  get isOutside(): boolean {
    return this.#outside !== undefined;
  }

  /** The server has let us go: comes back with the same metadata, unless that happens again and again. */
  onLost(cause?: unknown): void {
    if (this.#outside || this.#isGivenUp) return;
    this.#shortStays = Date.now() - this.#enteredAtMs < shortestStayMs ? this.#shortStays + 1 : 0;
    if (this.#shortStays > mostShortStays) this.#options.onGivenUp(cause);
    else void this.#comeBack(this.#stepOut());
  }

  /** Nobody is to see a participant whose page was left; whoever comes back to it is inside again. */
  onAway(): void {
    if (this.#outside || this.#isGivenUp) return;
    this.#stepOut();
    this.#awayTold = this.#sayFarewell(this.#endpoint, { keepalive: true, leave: {} });
  }

  /** The page is back from the cache. */
  onReturn(): void {
    if (this.#awayTold && this.#outside) void this.#comeBack(this.#outside.signal);
  }

  /** Gives the seat up for good. Resolves when the server was told; never rejects. */
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
    const { enterAgain, metadata, onIn, onGivenUp } = this.#options;
    try {
      await this.#awayTold;
      this.#awayTold = undefined;
      const entered = await keepTrying(() => enterAgain(this.#endpoint.id, metadata(), signal), signal);
      if (this.#isGivenUp) return await this.#sayFarewell(entered.endpoint, { leave: {} });
      this.#endpoint = entered.endpoint;
      this.#enteredAtMs = Date.now();
      this.#outside = undefined;
      onIn(entered);
    } catch (error) {
      if (!this.#isGivenUp) onGivenUp(error);
    }
  }

  #sayFarewell(endpoint: UserEndpoint, farewell: Farewell): Promise<void> {
    const { api, conferenceId } = this.#options;
    return sayFarewell(farewell.keepalive ? api : keepLeaving(api), endpoint, conferenceId, farewell);
  }
}
