import type { Clock } from '../clock.ts';

/** What {@link EndedConferences} needs. */
export interface EndedConferencesOptions {
  readonly clock: Clock;
  /** How long an ended conference is kept, in milliseconds. */
  readonly retentionMs: number;
  /** Deletes a conference permanently. */
  readonly forget: (conferenceId: string) => Promise<void>;
  /** Receives the error when that fails. */
  readonly onError: (error: unknown) => void;
}

/** Ended conferences, until their retention passes. */
export class EndedConferences {
  readonly #options: EndedConferencesOptions;
  readonly #stopTimers = new Map<string, () => void>();
  /** Deletions of {@link forgetNow} that are under way. */
  readonly #deletions = new Map<string, Promise<void>>();

  constructor(options: EndedConferencesOptions) {
    this.#options = options;
  }

  /** How many conferences are to be deleted. */
  get count(): number {
    return this.#stopTimers.size;
  }

  /** Schedules the deletion of a conference that ended at an ISO instant, which may be long past. */
  add(conferenceId: string, endedAt: string): void {
    if (this.#stopTimers.has(conferenceId)) return;
    const { clock, retentionMs } = this.#options;
    const waitMs = Date.parse(endedAt) + retentionMs - clock.now();
    // A clock that was set back must not lengthen the retention.
    this.#forgetAt(conferenceId, clock.elapsedMs() + Math.min(retentionMs, Math.max(0, waitMs)));
  }

  /**
   * Deletes a conference that ended before its retention has passed. Callers at the same time share one deletion, so that none
   * of them deletes what another has created since. Does nothing if no conference with this id has ended.
   */
  forgetNow(conferenceId: string): Promise<void> {
    const underway = this.#deletions.get(conferenceId);
    const stopTimer = this.#stopTimers.get(conferenceId);
    if (underway || !stopTimer) return underway ?? Promise.resolve();
    stopTimer();
    this.#stopTimers.delete(conferenceId);
    const deletion = this.#options.forget(conferenceId).finally(() => this.#deletions.delete(conferenceId));
    this.#deletions.set(conferenceId, deletion);
    return deletion;
  }

  /** Cancels the deletion of a conference that another node deleted. */
  drop(conferenceId: string): void {
    this.#stopTimers.get(conferenceId)?.();
    this.#stopTimers.delete(conferenceId);
  }

  #forgetAt(conferenceId: string, dueMs: number): void {
    const { clock, forget, onError } = this.#options;
    const onTimer = (): void => {
      this.#stopTimers.delete(conferenceId);
      // A long timer may fire early.
      if (clock.elapsedMs() < dueMs) this.#forgetAt(conferenceId, dueMs);
      else forget(conferenceId).catch(onError);
    };
    this.#stopTimers.set(conferenceId, clock.setTimer(onTimer, dueMs - clock.elapsedMs()));
  }

  /** Cancels all deletions. */
  close(): void {
    for (const stopTimer of this.#stopTimers.values()) stopTimer();
    this.#stopTimers.clear();
  }
}
