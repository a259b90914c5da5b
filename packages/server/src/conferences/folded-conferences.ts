import { reduce, type ConferenceState, type HistoryEvent } from '@parley-rtc/contract';
import type { EventLog } from '../event-log/event-log.ts';
import { Tally } from '../limits/tally.ts';

/** Receives what a fold learned. */
export interface FoldListener {
  /** Called with the state from which a fold begins. */
  readonly onLoaded: (state: ConferenceState) => void;
  /** Called once for each event, whoever logged it, and with the state before the first one. */
  readonly onAdvanced: (events: readonly HistoryEvent[], before: ConferenceState) => void;
}

/** The folded log of each conference that was read. */
export class FoldedConferences {
  readonly #log: Pick<EventLog, 'load' | 'read' | 'versionIdAt'>;
  readonly #listener: FoldListener | undefined;
  readonly #states = new Map<string, ConferenceState>();
  readonly #creationIds = new Map<string, string>();
  /** Number of conferences that have not ended, by organization. */
  readonly #activeCounts = new Tally();

  constructor(log: Pick<EventLog, 'load' | 'read' | 'versionIdAt'>, listener?: FoldListener) {
    this.#log = log;
    this.#listener = listener;
  }

  /**
   * The state of a conference; undefined if there is none. Folds what the log has beyond the known state, so that events of
   * another node are never missed.
   */
  async current(conferenceId: string): Promise<ConferenceState | undefined> {
    const known = this.#states.get(conferenceId);
    if (known) {
      const events = await this.#log.read(conferenceId, known.version);
      if (!events) return undefined;
      this.advance(conferenceId, events);
    } else {
      const loaded = await this.#log.load(conferenceId);
      if (!loaded) return undefined;
      this.#creationIds.set(conferenceId, loaded.creationId);
      // Another call may have loaded it in the meantime.
      if (!this.#states.has(conferenceId)) {
        this.store(loaded.state);
        this.#listener?.onLoaded(loaded.state);
      }
      this.advance(conferenceId, loaded.events);
    }
    return this.#states.get(conferenceId);
  }

  /** Folds the events that are new, and announces them. Does nothing for a conference that was not read. */
  advance(conferenceId: string, events: readonly HistoryEvent[]): void {
    const before = this.#states.get(conferenceId);
    if (!before) return;
    const fresh = events.filter(
      ({ conferenceVersion }) => conferenceVersion !== null && conferenceVersion >= before.version,
    );
    if (fresh.length === 0) return;
    this.store(fresh.reduce<ConferenceState>(reduce, before));
    this.#listener?.onAdvanced(fresh, before);
  }

  /** The state that is known, without reading more; undefined for a conference that was not read. */
  known(conferenceId: string): ConferenceState | undefined {
    return this.#states.get(conferenceId);
  }

  /** The version of a conference that was read; undefined for any other. */
  versionOf(conferenceId: string): number | undefined {
    return this.#states.get(conferenceId)?.version;
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

  /** Compares a conference with the log, after events were missed or lost. Announces those that were missed. */
  async compare(conferenceId: string): Promise<void> {
    const known = this.#states.get(conferenceId);
    const loaded = known && (await this.#log.load(conferenceId));
    if (known && loaded) {
      const stored = loaded.events.reduce<ConferenceState>(reduce, loaded.state);
      const isSame =
        this.#creationIds.get(conferenceId) === loaded.creationId &&
        stored.version >= known.version &&
        // Other nodes may have appended other events since some were lost.
        (known.versionId === undefined ||
          (await this.#log.versionIdAt(conferenceId, known.version)) === known.versionId);
      if (!isSame) {
        this.forget(conferenceId);
        this.#creationIds.set(conferenceId, loaded.creationId);
        this.store(stored);
        this.#listener?.onLoaded(stored);
      }
    }
    await this.current(conferenceId);
  }

  /** The ids of all conferences that were read. */
  ids(): readonly string[] {
    return [...this.#states.keys()];
  }

  /** Forgets a conference. */
  forget(conferenceId: string): void {
    const known = this.#states.get(conferenceId);
    if (known && !known.ended) this.#activeCounts.change(known.organizationId ?? '', -1);
    this.#states.delete(conferenceId);
    this.#creationIds.delete(conferenceId);
  }
}
