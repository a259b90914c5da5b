import type { Clock } from '../clock.ts';

/** What {@link EndedConferences} needs. */
export interface EndedConferencesOptions {
  readonly clock: Clock;
  /** How long an ended conference is kept, in milliseconds. */
  readonly retentionMs: number;
  /** Drops a conference for good. */
  readonly forget: (conferenceId: string) => Promise<void>;
  /** Told when that failed. */
  readonly onError: (error: unknown) => void;
}

/** Ended conferences, until their time is over. */
export class EndedConferences {
  readonly #options: EndedConferencesOptions;
  readonly #stopTimers = new Map<string, () => void>();

  constructor(options: EndedConferencesOptions) {
    this.#options = options;
  }

  /** Has a conference forgotten that ended at an ISO instant, which may be long ago. */
  add(conferenceId: string, endedAt: string): void {
    const { clock, retentionMs, forget, onError } = this.#options;
    const waitMs = Date.parse(endedAt) + retentionMs - clock.now();
    const onTimer = (): void => {
      this.#stopTimers.delete(conferenceId);
      // Timers may come early when they are long.
      if (clock.now() < Date.parse(endedAt) + retentionMs) this.add(conferenceId, endedAt);
      else forget(conferenceId).catch(onError);
    };
    this.#stopTimers.set(conferenceId, clock.setTimer(onTimer, Math.max(0, waitMs)));
  }

  /** Forgets no more. */
  close(): void {
    for (const stopTimer of this.#stopTimers.values()) stopTimer();
    this.#stopTimers.clear();
  }
}
