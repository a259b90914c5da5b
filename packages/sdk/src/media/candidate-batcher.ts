/** Time between two batches: long enough to gather several candidates, too short to be felt. */
const intervalMs = 50;

/**
 * Hands local candidates to the server in few calls: holds them until the answer is applied, sends those at once, and
 * gathers later ones for 50 ms. Never sends an empty list.
 */
export class CandidateBatcher {
  readonly #send: (candidates: readonly RTCIceCandidateInit[]) => void;
  #held: RTCIceCandidateInit[] = [];
  #state: 'holding' | 'open' | 'waiting' | 'closed' = 'holding';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: readonly RTCIceCandidateInit[]) => void) {
    this.#send = send;
  }

  add(candidate: RTCIceCandidateInit): void {
    this.#held.push(candidate);
    this.#flush();
  }

  /** The answer is applied: from now on candidates may go out. */
  open(): void {
    if (this.#state !== 'holding') return;
    this.#state = 'open';
    this.#flush();
  }

  /** Another answer is to come: what was gathered for the former one is of no use any more. */
  hold(): void {
    if (this.#state === 'closed') return;
    clearTimeout(this.#timer);
    this.#state = 'holding';
    this.#held = [];
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#state = 'closed';
    this.#held = [];
    clearTimeout(this.#timer);
  }

  #flush(): void {
    if (this.#state !== 'open' || this.#held.length === 0) return;
    const batch = this.#held;
    this.#held = [];
    this.#state = 'waiting';
    this.#timer = setTimeout(() => {
      this.#state = 'open';
      this.#flush();
    }, intervalMs);
    this.#send(batch);
  }
}
