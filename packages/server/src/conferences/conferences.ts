import {
  createdConference,
  reduce,
  type ConferenceCreatedEvent,
  type ConferenceEvent,
  type ConferenceState,
  type CreateCommand,
  type HistoryEvent,
  type SendEventCommand,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';
import { createConference, isSameCreation } from './create-conference.ts';
import { EndedConferences } from './ended-conferences.ts';
import { Memberships } from './memberships.ts';
import { requireRight, requireSameOrganization, requireTicketFor } from './preconditions.ts';
import { requireRoom, requireRoomForCreation } from './require-room.ts';
import type { RuleContext, Stamp } from './rule-context.ts';
import { sendEvent, type SentEvent } from './send-event.ts';

/** What {@link Conferences} needs. */
export interface ConferencesOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How long a request for events is parked when there are none, in milliseconds. */
  readonly pollTimeoutMs: number;
  /** How long an ended conference can still be read, in milliseconds. */
  readonly endedRetentionMs: number;
  /** Told when an ended conference could not be dropped. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
  /** How many active conferences are listed at most, the newest ones (decision 25). Default 1000. */
  readonly activeListLimit?: number;
}

/** Told what happened in a conference, after it was logged. */
export type EventListener = (events: readonly ConferenceEvent[]) => void;

/** What a command makes happen, or a refusal. Pure. */
type CommandRule = (state: ConferenceState, context: RuleContext) => readonly HistoryEvent[];

/** All conferences of this server: command -> rule -> events -> log -> reduce -> listeners. */
export class Conferences {
  readonly #options: ConferencesOptions;
  /** A fold of the log for each conference that somebody asked for. */
  readonly #states = new Map<string, ConferenceState>();
  /** How many conferences of each organisation have not ended. */
  readonly #activeCounts = new Map<string | undefined, number>();
  readonly #memberships = new Memberships();
  readonly #listeners = new Set<EventListener>();
  readonly #ended: EndedConferences;
  readonly #limits: Limits;

  constructor(options: ConferencesOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    const { clock, endedRetentionMs: retentionMs, log, onError } = options;
    const forget = async (conferenceId: string): Promise<void> => {
      this.#states.delete(conferenceId);
      await log.forget(conferenceId);
    };
    this.#ended = new EndedConferences({ clock, retentionMs, forget, onError });
  }

  /** Takes up what an earlier process left in the log, and returns the conferences that have not ended. */
  async load(): Promise<readonly ConferenceState[]> {
    const active: ConferenceState[] = [];
    for (const conferenceId of await this.#options.log.conferenceIds()) {
      const state = await this.#require(conferenceId);
      for (const { id } of state.participants) this.#memberships.add(id, conferenceId);
      if (state.ended) this.#ended.add(conferenceId, state.ended.at);
      else active.push(state);
    }
    return active;
  }

  /** Begins a conference; the identical request of the same creator again gets the existing one (decision 26). */
  async create(command: CreateCommand, actor: Actor): Promise<ConferenceState> {
    const created = createConference(command, { ...this.#stamp(), actor });
    requireRoomForCreation(created, this.#limits);
    if (!this.#states.has(created.conferenceId)) {
      const count = this.#activeCounts.get(actor.organizationId) ?? 0;
      requireWithin(this.#limits, 'conferencesPerOrganization', count + 1);
    }
    if (await this.#options.log.begin(created)) {
      this.#announce([created], []);
    } else if (!(await this.#wasCreatedBy(created))) {
      throw new RefusalError(
        'already_exists',
        `A conference with the id "${created.conferenceId}" exists. Choose another id, or leave it out.`,
      );
    }
    return this.#tell(created.conferenceId);
  }

  /** The conference as it is now. Refused with `not_found`, or `forbidden` when it is none of the actor's. */
  async get(conferenceId: string, actor: Actor): Promise<ConferenceState> {
    requireTicketFor(actor, conferenceId);
    const state = await this.#tell(conferenceId);
    requireSameOrganization(actor, state);
    return state;
  }

  /** The conferences of the actor's organisation that have not ended; the newest, when they are too many. */
  async active(actor: Actor): Promise<readonly ConferenceState[]> {
    requireRight(actor, 'list-conferences', 'list conferences');
    await this.#options.log.settled();
    const { activeListLimit = 1000 } = this.#options;
    return this.#activeOf(actor.organizationId).slice(-activeListLimit);
  }

  /** The conferences of all organisations that have not ended. */
  ongoing(): readonly ConferenceState[] {
    return [...this.#states.values()].filter(({ ended }) => !ended);
  }

  /** The conference for the server itself, which asks on nobody's behalf; undefined when there is none. */
  find(conferenceId: string): Promise<ConferenceState | undefined> {
    return this.#current(conferenceId);
  }

  /** Carries out a command of `actor` and returns the conference after it. */
  async perform(conferenceId: string, actor: Actor, rule: CommandRule): Promise<ConferenceState> {
    requireTicketFor(actor, conferenceId);
    const changed = await this.#change(conferenceId, (state) => this.#eventsOf(state, actor, rule));
    return changed ?? noSuchConference(conferenceId);
  }

  /** Refuses what {@link perform} would refuse now, and changes nothing. */
  async rehearse(conferenceId: string, actor: Actor, rule: CommandRule): Promise<void> {
    this.#eventsOf(await this.get(conferenceId, actor), actor, rule);
  }

  /** Takes note of something that happened without anybody's command; a conference that is gone takes none. */
  async record(
    conferenceId: string,
    rule: (state: ConferenceState, stamp: Stamp) => readonly HistoryEvent[],
  ): Promise<void> {
    await this.#change(conferenceId, (state) => rule(state, this.#stamp()));
  }

  /**
   * The events from `fromVersion` on, at once when there are any, else as soon as there are; none when the wait times
   * out, `signal` aborts or the log is closed. Without `fromVersion`, the whole history.
   */
  async events(
    conferenceId: string,
    fromVersion: number | undefined,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<readonly HistoryEvent[]> {
    await this.get(conferenceId, actor);
    const { log } = this.#options;
    const ready = await log.read(conferenceId, fromVersion);
    const isReady = fromVersion === undefined || ready === undefined || ready.length > 0;
    if (!isReady) await this.#park(conferenceId, fromVersion, signal);
    const events = isReady ? ready : await log.read(conferenceId, fromVersion);
    await log.settled();
    return events ?? [];
  }

  /** An event outside the history, ready to be delivered. It leaves no trace here. */
  async send(command: SendEventCommand, actor: Actor): Promise<SentEvent> {
    const state = await this.get(command.conferenceId, actor);
    return sendEvent(state, command, { ...this.#stamp(), actor });
  }

  /** Ids of the conferences an endpoint is in. */
  conferencesOf(endpointId: string): readonly string[] {
    return this.#memberships.of(endpointId);
  }

  /** Calls `listener` after each change, until the returned function is called. */
  onEvents(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops dropping ended conferences; for the end of the server. */
  close(): void {
    this.#ended.close();
  }

  /**
   * Asks the rule and appends what it says. When somebody else was faster, the log refuses, and the rule is asked
   * again about the newer state: that is why rules are pure.
   */
  async #change(
    conferenceId: string,
    rule: (state: ConferenceState) => readonly HistoryEvent[],
  ): Promise<ConferenceState | undefined> {
    for (;;) {
      const state = await this.#current(conferenceId);
      if (!state) return undefined;
      const events = rule(state);
      if (events.length === 0) return state;
      if (await this.#options.log.append(conferenceId, state.version, events)) {
        const next = events.reduce<ConferenceState>(reduce, state);
        this.#keep(next);
        this.#announce(events, state.participants);
        return next;
      }
    }
  }

  #eventsOf(state: ConferenceState, actor: Actor, rule: CommandRule): readonly HistoryEvent[] {
    requireSameOrganization(actor, state);
    const events = rule(state, { ...this.#stamp(), actor });
    requireRoom(state, events, this.#limits);
    return events;
  }

  #activeOf(wanted: string): readonly ConferenceState[] {
    return this.ongoing().filter(({ organizationId }) => organizationId === wanted);
  }

  #announce(events: readonly ConferenceEvent[], inside: ConferenceState['participants']): void {
    this.#memberships.note(
      events,
      inside.map(({ id }) => id),
    );
    for (const event of events) {
      if (event.type === 'ConferenceEndedEvent') this.#ended.add(event.conferenceId, event.timestamp);
    }
    for (const listener of this.#listeners) listener(events);
  }

  async #park(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const { clock, log, pollTimeoutMs } = this.#options;
    const giveUp = new AbortController();
    const abort = (): void => {
      giveUp.abort('given up');
    };
    const stopTimer = clock.setTimer(abort, pollTimeoutMs);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    await log.wait(conferenceId, version, giveUp.signal);
    signal.removeEventListener('abort', abort);
    stopTimer();
  }

  async #wasCreatedBy(created: ConferenceCreatedEvent): Promise<boolean> {
    const [first] = (await this.#options.log.read(created.conferenceId)) ?? [];
    return first?.type === 'ConferenceCreatedEvent' && isSameCreation(first, created);
  }

  /** The conference as others may know it. */
  async #tell(conferenceId: string): Promise<ConferenceState> {
    const state = await this.#require(conferenceId);
    await this.#options.log.settled();
    return state;
  }

  async #require(conferenceId: string): Promise<ConferenceState> {
    return (await this.#current(conferenceId)) ?? noSuchConference(conferenceId);
  }

  /** Folds what the log holds beyond what is known, so that another node's events are never missed. */
  async #current(conferenceId: string): Promise<ConferenceState | undefined> {
    const known = this.#states.get(conferenceId);
    const events = await this.#options.log.read(conferenceId, known?.version);
    if (!events) return undefined;
    const [first] = events;
    const begin = first?.type === 'ConferenceCreatedEvent' ? createdConference(first) : known;
    if (!begin) return undefined;
    this.#keep(events.reduce<ConferenceState>(reduce, begin));
    return this.#states.get(conferenceId);
  }

  #keep(state: ConferenceState): void {
    const known = this.#states.get(state.id);
    if (known && known.version >= state.version) return;
    this.#states.set(state.id, state);
    const change = Number(!state.ended) - Number(known !== undefined && !known.ended);
    if (change === 0) return;
    const { organizationId } = state;
    this.#activeCounts.set(organizationId, (this.#activeCounts.get(organizationId) ?? 0) + change);
  }

  #stamp(): Stamp {
    return { nowMs: this.#options.clock.now(), newId: this.#options.newId };
  }
}

function noSuchConference(conferenceId: string): never {
  throw new RefusalError(
    'not_found',
    `There is no conference with the id "${conferenceId}", or it ended a while ago. Create it first.`,
  );
}
