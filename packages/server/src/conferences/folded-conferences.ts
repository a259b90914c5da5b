import { reduce, type ConferenceState } from '@parley-rtc/contract';
import type { EventLog } from '../event-log/event-log.ts';
import { Tally } from '../limits/tally.ts';

/** The folded log of each conference that was read. */
export class FoldedConferences {
  readonly #log: Pick<EventLog, 'load' | 'read'>;
  readonly #states = new Map<string, ConferenceState>();
  readonly #creationIds = new Map<string, string>();
  /** Number of conferences that have not ended, by organization. */
  readonly #activeCounts = new Tally();

  constructor(log: Pick<EventLog, 'load' | 'read'>) {
    this.#log = log;
  }

  /**
   * The state of a conference; undefined if there is none. Folds what the log has beyond the known state, so that events of
   * another node are never missed.
   */
  async current(conferenceId: string): Promise<ConferenceState | undefined> {
    const known = this.#states.get(conferenceId);
    const events = known && (await this.#log.read(conferenceId, known.version));
    const loaded = known ? undefined : await this.#log.load(conferenceId);
    if (loaded) this.#creationIds.set(conferenceId, loaded.creationId);
    const history = known ? events && { state: known, events } : loaded;
    if (!history) return undefined;
    this.store(history.events.reduce<ConferenceState>(reduce, history.state));
    return this.#states.get(conferenceId);
  }

  /** Keeps a state that events just led to, unless a newer one is known. */
  store(state: ConferenceState): void {
    const known = this.#states.get(state.id);
    if (known && known.version >= state.version) return;
    this.#states.set(state.id, state);
    const isActive = !state.ended;
    const wasActive = known !== undefined && !known.ended;
    if (isActive !== wasActive) this.#activeCounts.change(state.organizationId ?? '', isActive ? 1 : -1);
  }

  has(conferenceId: string): boolean {
    return this.#states.has(conferenceId);
  }

  /** The id of a conference's creation event, which distinguishes it from earlier conferences with the same id. */
  creationIdOf(conferenceId: string): string | undefined {
    return this.#creationIds.get(conferenceId);
  }

  /** The conferences that have not ended, oldest first. */
  active(): readonly ConferenceState[] {
    return [...this.#states.values()].filter(({ ended }) => !ended);
  }

  activeCount(organizationId: string | undefined): number {
    return this.#activeCounts.of(organizationId ?? '');
  }

  /** Forgets a conference that ended. */
  forget(conferenceId: string): void {
    this.#states.delete(conferenceId);
    this.#creationIds.delete(conferenceId);
  }
}
