/** Time between two batches: long enough to gather several candidates, too short to notice. */
const intervalMs = 50;

/**
 * Sends local candidates to the server in few calls: holds them until the answer is applied, then sends them
 * immediately and gathers later ones for 50 ms. Never sends an empty list.
 */
export class CandidateBatcher {
  readonly #send: (candidates: readonly RTCIceCandidateInit[]) => void;
  #held: RTCIceCandidateInit[] = [];
  #state: 'holding' | 'ready' | 'gathering' | 'stopped' = 'holding';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: readonly RTCIceCandidateInit[]) => void) {
    this.#send = send;
  }

  add(candidate: RTCIceCandidateInit): void {
    this.#held.push(candidate);
    this.#flush();
  }

  /** Sends candidates from now on: the answer is applied. */
  release(): void {
    if (this.#state !== 'holding') return;
    this.#state = 'ready';
    this.#flush();
  }

  /** Drops the candidates of the previous offer, and holds those of the next one. */
  hold(): void {
    if (this.#state === 'stopped') return;
    clearTimeout(this.#timer);
    this.#state = 'holding';
    this.#held = [];
  }

  /** Sends nothing from now on. */
  stop(): void {
    this.#state = 'stopped';
    this.#held = [];
    clearTimeout(this.#timer);
  }

  #flush(): void {
    if (this.#state !== 'ready' || this.#held.length === 0) return;
    const batch = this.#held;
    this.#held = [];
    this.#state = 'gathering';
    this.#timer = setTimeout(() => {
      this.#state = 'ready';
      this.#flush();
    }, intervalMs);
    this.#send(batch);
  }
}
