import type { Clock } from '../clock.ts';

/** What {@link Retries} needs. */
export interface RetriesOptions {
  readonly clock: Pick<Clock, 'setTimer'>;
  /** Receives the error of each further try. */
  readonly onError: (error: unknown) => void;
}

/** A full disk stays full for a while. */
const pauseMs = 5_000;

/** Work that has to be done sooner or later, because nothing else would ever make up for it. */
export class Retries {
  readonly #options: RetriesOptions;
  readonly #stopTimers = new Set<() => void>();
  #isClosed = false;

  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  /** How much work waits for another try. */
  get count(): number {
    return this.#stopTimers.size;
  }

  /** Settles as the first try does. While tries fail, the work is tried again in the background. */
  async run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#runLater(work);
      throw error;
    }
  }

  /** Gives up all work that is left; for shutdown. */
  close(): void {
    this.#isClosed = true;
    for (const stopTimer of this.#stopTimers) stopTimer();
    this.#stopTimers.clear();
  }

  #runLater(work: () => Promise<void>): void {
    if (this.#isClosed) return;
    const { clock, onError } = this.#options;
    const stopTimer = clock.setTimer(() => {
      this.#stopTimers.delete(stopTimer);
      this.run(work).catch(onError);
    }, pauseMs);
    this.#stopTimers.add(stopTimer);
  }
}
