import { userKeyOf, type Actor } from '../actor.ts';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { Tally } from '../limits/tally.ts';

/** A poll, a push or an MQTT client that waits for events. */
export interface WaitingRequest {
  /** Aborts when the request has to end: its client hung up, or its endpoint opened too many others. */
  readonly signal: AbortSignal;
  /** Call it once, when the request is answered. */
  readonly end: () => void;
}

/** Who waits, for events of which conference; undefined for those of all in which the actor is. */
interface Waiting {
  readonly actor: Actor;
  readonly conferenceId: string | undefined;
  readonly controller: AbortController;
}

/** Limits the requests that wait for events. Of one endpoint the newest stay, because older ones may be dead connections. */
export class WaitingRequests {
  readonly #limits: Limits;
  readonly #byUser = new Tally();
  readonly #byEndpoint = new Map<string, Set<AbortController>>();
  readonly #all = new Set<Waiting>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a request of an actor, for one endpoint or for all; refuses with `too_many_requests` above the user's limit. */
  begin(
    actor: Actor,
    {
      conferenceId,
      endpointId,
    }: { readonly conferenceId: string | undefined; readonly endpointId: string | undefined },
    hangUp: AbortSignal,
  ): WaitingRequest {
    const user = userKeyOf(actor);
    requireWithin(this.#limits, 'waitingPerUser', this.#byUser.of(user) + 1, 'too_many_requests');
    this.#byUser.change(user, 1);
    const controller = new AbortController();
    const abort = (): void => {
      controller.abort('hung up');
    };
    hangUp.addEventListener('abort', abort);
    if (hangUp.aborted) abort();
    const leaveEndpoint =
      endpointId === undefined ? () => {} : this.#enterEndpoint(`${user} ${endpointId}`, controller);
    const waiting = { actor, conferenceId, controller };
    this.#all.add(waiting);
    let isOver = false;
    return {
      signal: controller.signal,
      end: () => {
        if (isOver) return;
        isOver = true;
        hangUp.removeEventListener('abort', abort);
        leaveEndpoint();
        this.#all.delete(waiting);
        this.#byUser.change(user, -1);
      },
    };
  }

  /** Ends the requests that `isEnding` selects. */
  endWhere(isEnding: (actor: Actor, conferenceId: string | undefined) => boolean): void {
    for (const { actor, conferenceId, controller } of this.#all) {
      if (isEnding(actor, conferenceId)) controller.abort('not allowed any more');
    }
  }

  /** Number of requests that wait. */
  get count(): number {
    return this.#byUser.total;
  }

  /** Number of endpoints that have such requests. */
  get endpointCount(): number {
    return this.#byEndpoint.size;
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
