import {
  reduce,
  type ConferenceCreatedEvent,
  type ConferenceEvent,
  type ConferenceState,
  type CreateCommand,
  type HistoryEvent,
  type SendEventCommand,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Sharing } from '../event-log/sharing.ts';
import { DamagedDataError } from '../health/trouble.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { Listeners } from '../listeners.ts';
import { RefusalError } from '../refusal.ts';
import { EndedConferences } from './ended-conferences.ts';
import { FoldedConferences } from './folded-conferences.ts';
import { jsonBytes } from './json-bytes.ts';
import { Memberships } from './memberships.ts';
import { newestWithin } from './newest-within.ts';
import { readEvents, type EventReading } from './read-events.ts';
import type { HistoryPosition } from './require-position.ts';
import { requireRoom, requireRoomForCreation } from './require-room.ts';
import { Retries } from './retries.ts';
import { createConference, isSameCreation } from './rules/create-conference.ts';
import {
  requireRight,
  requireSameInstance,
  requireSameOrganization,
  requireTicketFor,
} from './rules/preconditions.ts';
import { refusalToRead, requireReadable } from './rules/require-entry.ts';
import type { RuleContext, Stamp } from './rules/rule-context.ts';
import { noStanding, type Standing } from './rules/standing.ts';
import { sendEvent, type SentEvent } from './sent-events/send-event.ts';

/** What {@link Conferences} needs. */
export interface ConferencesOptions extends EventReading {
  readonly newId: () => string;
  /** How long an ended conference remains readable, in milliseconds. */
  readonly endedRetentionMs: number;
  /** What was decided about a user in a conference. Default: nothing. */
  readonly standingOf?: (conferenceId: string, actor: Actor) => Standing;
  /** Deletes what else belongs to a conference that is being deleted. */
  readonly onForget?: (conferenceId: string) => Promise<void>;
  /** Receives errors that no caller waits for: an ended conference that could not be dropped, or a listener that threw. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
  /** Limits how many bytes of events a user causes. Default: no limit. */
  readonly changeBudget?: ChangeBudget | undefined;
  /** Connects this process with others that use the same log; absent without others. */
  readonly sharing?: ConferenceSharing | undefined;
  /** Maximum length of the list of active conferences, which holds the newest (decision 25). Default 1000. */
  readonly activeListLimit?: number;
}

/** Limits how many bytes of events the commands of a user cause. */
interface ChangeBudget {
  /** Rejects for a user who used up the bytes. */
  require(actor: Actor): Promise<void>;
  /** Counts bytes that a user caused. */
  spend(actor: Actor, bytes: number): Promise<void>;
}

/** What {@link Conferences} needs to follow those of other nodes. */
export type ConferenceSharing = Pick<Sharing, 'claim' | 'onForgotten' | 'onGrown' | 'onMissed'>;

/** One node deletes an ended conference; if it dies meanwhile, the next that starts does. */
const forgetClaimMs = 60 * 60_000;

/** Receives what happened in a conference, after it was logged. */
export type EventListener = (events: readonly ConferenceEvent[]) => void;

/** The events that a command causes, or a refusal. Pure. */
type CommandRule = (state: ConferenceState, context: RuleContext) => readonly HistoryEvent[];

/** All conferences of this server: command -> rule -> events -> log -> reduce -> listeners. */
export class Conferences {
  readonly #options: ConferencesOptions;
  readonly #known: FoldedConferences;
  readonly #memberships = new Memberships();
  readonly #listeners: Listeners<readonly ConferenceEvent[]>;
  readonly #ended: EndedConferences;
  readonly #retries: Retries;
  readonly #limits: Limits;

  constructor(options: ConferencesOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    const { clock, endedRetentionMs: retentionMs, log, onError, sharing } = options;
    const isClaimed = new Set<string>();
    this.#known = new FoldedConferences(log, {
      onLoaded: (state) => this.#remember(state),
      onAdvanced: (events, before) => this.#announce(events, before.participants),
    });
    this.#listeners = new Listeners(onError);
    this.#retries = new Retries({ clock, onError });
    // Otherwise a full disk at that moment would keep the id taken until the next start.
    const forget = (conferenceId: string): Promise<void> =>
      this.#retries.run(async () => {
        const name = `forget ${conferenceId} ${this.#known.creationIdOf(conferenceId) ?? ''}`;
        // Otherwise a slower node would delete the next conference with this id.
        if (sharing && !isClaimed.has(name) && !(await sharing.claim(name, forgetClaimMs))) return;
        isClaimed.add(name);
        await options.onForget?.(conferenceId);
        await log.forget(conferenceId);
        this.#known.forget(conferenceId);
        isClaimed.delete(name);
      });
    this.#ended = new EndedConferences({ clock, retentionMs, forget, onError });
    if (sharing) this.#follow(sharing);
  }

  /** Reads what an earlier process left in the log, and returns the conferences that have not ended. */
  async load(): Promise<readonly ConferenceState[]> {
    const active: ConferenceState[] = [];
    for (const conferenceId of await this.#options.log.conferenceIds()) {
      const state = await this.#known.current(conferenceId);
      if (state && !state.ended) active.push(state);
    }
    return active;
  }

  /**
   * Creates a conference. An identical request by the same creator returns the existing one (decision 26). A conference of
   * the actor's organization that has ended makes room for the next one with its id.
   */
  async create(command: CreateCommand, actor: Actor): Promise<ConferenceState> {
    await this.#options.changeBudget?.require(actor);
    const created = createConference(command, { ...this.#stamp(), actor, standing: noStanding });
    await this.#options.changeBudget?.spend(actor, bytesOf([created]));
    requireRoomForCreation(created, this.#limits);
    await this.#forgetEnded(created);
    if (!this.#known.has(created.conferenceId)) {
      const count = this.#known.activeCount(actor.organizationId);
      requireWithin(this.#limits, 'conferencesPerOrganization', count + 1);
    }
    if (await this.#options.log.begin(created)) {
      this.#announce([created], []);
    } else if (!(await this.#wasCreatedBy(created))) {
      throw new RefusalError(
        'already_exists',
        `A conference with the id "${created.conferenceId}" exists. Choose another id, or omit it to get a generated one.`,
      );
    }
    return this.#settledState(created.conferenceId);
  }

  /** Whether an actor of the conference's organization may read it. */
  mayRead(state: ConferenceState, actor: Actor): boolean {
    return refusalToRead(state, { actor, standing: this.#standingOf(state.id, actor) }) === undefined;
  }

  /**
   * The current state of a conference. Refuses with `not_found`, `forbidden` if the conference is not the actor's, or as
   * {@link requireReadable} does.
   */
  async get(conferenceId: string, actor: Actor): Promise<ConferenceState> {
    requireTicketFor(actor, conferenceId);
    const state = await this.#settledState(conferenceId);
    this.#requireAccess(actor, state);
    requireReadable(state, { actor, standing: this.#standingOf(conferenceId, actor) });
    return state;
  }

  /**
   * The active conferences of the actor's organization that the actor may read; only the newest when there are too many.
   */
  async active(actor: Actor): Promise<readonly ConferenceState[]> {
    requireRight(actor, 'list-conferences', 'list conferences');
    await this.#options.log.settled();
    const { activeListLimit = 1000 } = this.#options;
    const active = this.ongoing().filter(
      (state) => state.organizationId === actor.organizationId && this.mayRead(state, actor),
    );
    return newestWithin(active.slice(-activeListLimit), this.#limits.listBytes);
  }

  /** The active conferences of all organizations. */
  ongoing(): readonly ConferenceState[] {
    return this.#known.active();
  }

  /**
   * The conference, for the server's own use: without an actor, so without a check of rights. Undefined if it does not
   * exist.
   */
  find(conferenceId: string): Promise<ConferenceState | undefined> {
    return this.#known.current(conferenceId);
  }

  /** The state that listeners to events were last told of, at once; undefined if this process does not know the conference. */
  known(conferenceId: string): ConferenceState | undefined {
    return this.#known.known(conferenceId);
  }

  /** Which of all conferences that ever had this id exists now; undefined if none does. */
  async instanceOf(
    conferenceId: string,
  ): Promise<{ readonly id: string; readonly isEnded: boolean } | undefined> {
    const state = await this.#known.current(conferenceId);
    const id = this.#known.creationIdOf(conferenceId);
    return state && id !== undefined ? { id, isEnded: state.ended !== undefined } : undefined;
  }

  /** Executes a command of `actor` and returns the resulting state. */
  async perform(conferenceId: string, actor: Actor, rule: CommandRule): Promise<ConferenceState> {
    requireTicketFor(actor, conferenceId);
    const { changeBudget } = this.#options;
    await changeBudget?.require(actor);
    let events: readonly HistoryEvent[] = [];
    const changed = await this.#change(conferenceId, (state) => {
      events = this.#eventsOf(state, actor, rule);
      return events;
    });
    await changeBudget?.spend(actor, bytesOf(events));
    return changed ?? noSuchConference(conferenceId);
  }

  /**
   * What `read` returns for a conference and the actor's standing, also for an actor who may not enter. Refuses with
   * `not_found` or `forbidden`, and as `read` does.
   */
  async consult<Result>(
    conferenceId: string,
    actor: Actor,
    read: (state: ConferenceState, context: RuleContext) => Result,
  ): Promise<Result> {
    requireTicketFor(actor, conferenceId);
    const state = await this.#settledState(conferenceId);
    this.#requireAccess(actor, state);
    return read(state, this.#context(conferenceId, actor));
  }

  /** Refuses what {@link perform} would refuse now, without changing anything. */
  async rehearse(conferenceId: string, actor: Actor, rule: CommandRule): Promise<void> {
    this.#eventsOf(await this.get(conferenceId, actor), actor, rule);
  }

  /** Records events that no command caused; does nothing if the conference is gone. */
  async record(
    conferenceId: string,
    rule: (state: ConferenceState, stamp: Stamp) => readonly HistoryEvent[],
  ): Promise<void> {
    await this.#change(conferenceId, (state) => rule(state, this.#stamp()));
  }

  /** As {@link record}, and if that fails, again in the background until it succeeds. */
  recordUntilDone(...[conferenceId, rule]: Parameters<Conferences['record']>): Promise<void> {
    return this.#retries.run(() => this.record(conferenceId, rule));
  }

  /** As {@link readEvents}. Refuses also with `not_found`, or `forbidden` if the conference is not the actor's. */
  async events(
    conferenceId: string,
    position: HistoryPosition,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<readonly HistoryEvent[]> {
    await this.get(conferenceId, actor);
    const events = await readEvents(this.#options, conferenceId, position, signal);
    return (await this.readableNow(conferenceId, actor, events)).events;
  }

  /**
   * Those of `events`, which an actor has waited for, that it may read: all, or those until a moderator shut it out, with the one
   * that says so.
   */
  async readableNow(
    conferenceId: string,
    actor: Actor,
    events: readonly HistoryEvent[],
  ): Promise<{ readonly events: readonly HistoryEvent[]; readonly isShutOut: boolean }> {
    const removedAt = events.findLastIndex(
      (event) => event.type === 'ConferenceLeftEvent' && event.removedBy && event.userId === actor.userId,
    );
    // Almost always: nothing was decided about the actor.
    if (removedAt === -1 && !this.#standingOf(conferenceId, actor).isBanned)
      return { events, isShutOut: false };
    const state = await this.#known.current(conferenceId);
    if (!state || this.mayRead(state, actor)) return { events, isShutOut: false };
    return { events: events.slice(0, removedAt + 1), isShutOut: true };
  }

  /** Prepares an event outside the history for delivery. Stores nothing. */
  async send(command: SendEventCommand, actor: Actor): Promise<SentEvent> {
    const state = await this.get(command.conferenceId, actor);
    await this.#options.changeBudget?.require(actor);
    const sent = sendEvent(state, command, this.#context(state.id, actor));
    await this.#options.changeBudget?.spend(actor, bytesOf([sent.event]));
    return sent;
  }

  /** Ids of the conferences that an endpoint is in. */
  conferencesOf(endpointId: string): readonly string[] {
    return this.#memberships.of(endpointId);
  }

  /** Calls `listener` after each change, until the returned function is called. */
  onEvents(listener: EventListener): () => void {
    return this.#listeners.add(listener);
  }

  /** Stops dropping ended conferences, and all retries; for shutdown. */
  close(): void {
    this.#ended.close();
    this.#retries.close();
  }

  /**
   * Applies the rule and appends its events. When another command was faster, the log rejects the append and the rule
   * runs again on the newer state: that is why rules are pure. A log that rejects twice at the same version misses events
   * that it once had.
   */
  async #change(
    conferenceId: string,
    rule: (state: ConferenceState) => readonly HistoryEvent[],
  ): Promise<ConferenceState | undefined> {
    let rejectedAt: number | undefined;
    for (;;) {
      const state = await this.#known.current(conferenceId);
      if (!state) return undefined;
      const events = rule(state);
      if (events.length === 0) return state;
      if (await this.#options.log.append(conferenceId, state.version, events)) {
        const next = events.reduce<ConferenceState>(reduce, state);
        this.#options.log.checkpoint(next).catch(this.#options.onError);
        this.#known.advance(conferenceId, events);
        return next;
      }
      if (state.version === rejectedAt) throw new DamagedDataError('Events of a conference are missing.');
      rejectedAt = state.version;
    }
  }

  /** Announces what other nodes logged, and forgets what they deleted. */
  #follow(sharing: ConferenceSharing): void {
    sharing.onGrown(async (conferenceId, version) => {
      const known = this.#known.versionOf(conferenceId);
      if (known !== undefined && known >= version) return;
      await this.#retries.run(async () => {
        await this.#known.current(conferenceId);
      });
    });
    const forget = (conferenceId: string): void => {
      this.#known.forget(conferenceId);
      this.#ended.drop(conferenceId);
    };
    sharing.onForgotten(forget);
    sharing.onMissed(async (conferenceIds) => {
      const stored = new Set(conferenceIds);
      for (const id of this.#known.ids()) if (!stored.has(id)) forget(id);
      for (const id of conferenceIds) await this.#known.compare(id);
    });
  }

  #eventsOf(state: ConferenceState, actor: Actor, rule: CommandRule): readonly HistoryEvent[] {
    this.#requireAccess(actor, state);
    const events = rule(state, this.#context(state.id, actor));
    requireRoom(state, events, this.#limits);
    return events;
  }

  #requireAccess(actor: Actor, state: ConferenceState): void {
    requireSameOrganization(actor, state);
    requireSameInstance(actor, this.#known.creationIdOf(state.id));
  }

  #remember({ id: conferenceId, participants, ended }: ConferenceState): void {
    for (const { id } of participants) this.#memberships.add(id, conferenceId);
    if (ended) this.#ended.add(conferenceId, ended.at);
  }

  #announce(events: readonly ConferenceEvent[], inside: ConferenceState['participants']): void {
    this.#memberships.apply(
      events,
      inside.map(({ id }) => id),
    );
    for (const event of events) {
      if (event.type === 'ConferenceEndedEvent') this.#ended.add(event.conferenceId, event.timestamp);
    }
    this.#listeners.call(events);
  }

  async #forgetEnded({ conferenceId, organizationId }: ConferenceCreatedEvent): Promise<void> {
    const state = await this.#known.current(conferenceId);
    if (state?.ended && state.organizationId === organizationId) await this.#ended.forgetNow(conferenceId);
  }

  async #wasCreatedBy(created: ConferenceCreatedEvent): Promise<boolean> {
    const [first] = (await this.#options.log.read(created.conferenceId, undefined, 0)) ?? [];
    return first?.type === 'ConferenceCreatedEvent' && isSameCreation(first, created);
  }

  /** The conference, once everything in it is safely stored and may be shown to callers. */
  async #settledState(conferenceId: string): Promise<ConferenceState> {
    const state = await this.#require(conferenceId);
    await this.#options.log.settled();
    return state;
  }

  async #require(conferenceId: string): Promise<ConferenceState> {
    return (await this.#known.current(conferenceId)) ?? noSuchConference(conferenceId);
  }

  #context(conferenceId: string, actor: Actor): RuleContext {
    return { ...this.#stamp(), actor, standing: this.#standingOf(conferenceId, actor) };
  }

  #standingOf(conferenceId: string, actor: Actor): Standing {
    return this.#options.standingOf?.(conferenceId, actor) ?? noStanding;
  }

  #stamp(): Stamp {
    return { nowMs: this.#options.clock.now(), newId: this.#options.newId };
  }
}

function bytesOf(events: readonly object[]): number {
  return events.reduce((sum, event) => sum + jsonBytes(event), 0);
}

function noSuchConference(conferenceId: string): never {
  throw new RefusalError(
    'not_found',
    `Conference "${conferenceId}" does not exist, or ended a while ago. Create it first.`,
  );
}
