import { userKeyOf, type Actor } from '../actor.ts';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';

/** A poll or a push that waits for events. */
export interface WaitingRequest {
  /** Aborts when the request has to end: its client hung up, or its endpoint opened too many others. */
  readonly signal: AbortSignal;
  /** Call it once, when the request is answered. */
  readonly end: () => void;
}

/** Limits the requests that wait for events. Of one endpoint the newest stay, because older ones may be dead connections. */
export class WaitingRequests {
  readonly #limits: Limits;
  readonly #countOf = new Map<string, number>();
  readonly #byEndpoint = new Map<string, Set<AbortController>>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a request of an actor, for one endpoint or for all; refuses with `too_many_requests` above the user's limit. */
  begin(actor: Actor, endpointId: string | undefined, hangUp: AbortSignal): WaitingRequest {
    const user = userKeyOf(actor);
    const count = (this.#countOf.get(user) ?? 0) + 1;
    requireWithin(this.#limits, 'waitingPerUser', count, 'too_many_requests');
    this.#countOf.set(user, count);
    const controller = new AbortController();
    const abort = (): void => {
      controller.abort('hung up');
    };
    hangUp.addEventListener('abort', abort);
    if (hangUp.aborted) abort();
    const leaveEndpoint =
      endpointId === undefined ? () => {} : this.#enterEndpoint(`${user} ${endpointId}`, controller);
    let isOver = false;
    return {
      signal: controller.signal,
      end: () => {
        if (isOver) return;
        isOver = true;
        hangUp.removeEventListener('abort', abort);
        leaveEndpoint();
        const left = (this.#countOf.get(user) ?? 1) - 1;
        if (left === 0) this.#countOf.delete(user);
        else this.#countOf.set(user, left);
      },
    };
  }

  /** Number of requests that wait. */
  get count(): number {
    let sum = 0;
    for (const count of this.#countOf.values()) sum += count;
    return sum;
  }

  #enterEndpoint(key: string, controller: AbortController): () => void {
    const waiting = this.#byEndpoint.get(key) ?? new Set();
    this.#byEndpoint.set(key, waiting.add(controller));
    const [oldest] = waiting;
    if (waiting.size > this.#limits.waitingPerEndpoint && oldest) {
      waiting.delete(oldest);
      oldest.abort('replaced');
    }
    return () => {
      waiting.delete(controller);
      if (waiting.size === 0 && this.#byEndpoint.get(key) === waiting) this.#byEndpoint.delete(key);
    };
  }
}
