import { createHash } from 'node:crypto';
import {
  LOBBY_KEY,
  lobbyInEntry,
  type CancelEntryCommand,
  type ConferenceEvent,
  type DecideEntryCommand,
  type DecideEntryResult,
  type EntryAnswer,
  type RequestEntryCommand,
  type WaitingList,
} from '@parley-rtc/contract';
import { userKeyOf, type Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requirePermission } from '../conferences/rules/permissions.ts';
import { requireActive } from '../conferences/rules/preconditions.ts';
import { isWaitingRequired, requireEntry, requireNotRemoved } from '../conferences/rules/require-entry.ts';
import type { Channel, Sharing } from '../event-log/sharing.ts';
import { Waiters } from '../event-log/waiters.ts';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';
import { repeatEvery } from '../repeat-every.ts';
import type { Records } from '../storage/records.ts';
import { waitAtMost } from '../wait-at-most.ts';
import type { Standings } from './standings.ts';
import { entryOf, WaitingRoom, type Outcome, type Place, type StoredPlace } from './waiting-room.ts';

/** What {@link WaitingRooms} needs. */
export interface WaitingRoomsOptions {
  readonly conferences: Pick<Conferences, 'consult' | 'onEvents'>;
  readonly standings: Standings;
  /** Where places are stored, by conference and endpoint: a restart costs nobody their place. */
  readonly records: Records<StoredPlace>;
  readonly clock: Clock;
  readonly limits: Limits;
  /** How long a request is parked, in milliseconds. */
  readonly pollTimeoutMs: number;
  /** How long someone may wait for a decision, in milliseconds. */
  readonly longestWaitMs: number;
  /** Connects this process with others that have the same waiting rooms; absent without others. */
  readonly sharing?:
    Pick<Sharing, 'canJudgeSilence' | 'caughtUp' | 'channel' | 'flushed' | 'onContact'> | undefined;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/** What nodes tell each other about a place: that its owner asked, or what was decided. */
interface PlaceNews {
  readonly conferenceId: string;
  readonly endpointId: string;
  readonly outcome?: Outcome;
}

/** Owners of places ask every 20 seconds at least. */
const tellIntervalMs = 8_000;
const sweepIntervalMs = 5_000;

/** Those who wait to be admitted to conferences. They wait here whether a moderator is there or not. */
export class WaitingRooms {
  readonly #options: WaitingRoomsOptions;
  readonly #rooms = new Map<string, WaitingRoom>();
  readonly #waiters = new Waiters();
  readonly #stopFollowing: () => void;
  readonly #news: Channel<PlaceNews> | undefined;
  /** When other nodes were told last that the owner of a place asked. */
  readonly #toldMs = new WeakMap<Place, number>();
  /** Stops sweeping; undefined while there is no room to sweep. */
  #stopSweeping: (() => void) | undefined;
  #isClosed = false;

  constructor(options: WaitingRoomsOptions) {
    const { conferences, standings, records, onError, sharing } = options;
    this.#options = options;
    for (const [key, stored] of records.entries()) this.#takeStored(key, stored);
    records.onChanged?.((key, stored) => this.#takeStored(key, stored));
    this.#news = sharing?.channel('waiting rooms');
    // Also what this node says: of two decisions, all nodes keep the one that is heard first.
    this.#news?.onMessage((news) => {
      this.#hear(news);
    });
    // Who waits and is banned at another node learns of it at once: no event tells of that.
    standings.onBanHeard((conferenceId) => {
      this.#waiters.wake(conferenceId);
    });
    sharing?.onContact(() => {
      const nowMs = options.clock.elapsedMs();
      for (const room of this.#rooms.values()) for (const place of room.waiting()) room.see(place, nowMs);
    });
    this.#stopFollowing = conferences.onEvents((events) => {
      for (const event of events) this.#follow(event).catch(onError);
    });
  }

  /**
   * Takes or keeps a place, and says where its owner stands: immediately, or with the `revision` of the last answer as soon as
   * that changes. Refuses with `banned`, `locked`, `limit_exceeded`, `not_found` or `forbidden`.
   */
  async request(command: RequestEntryCommand, actor: Actor, signal: AbortSignal): Promise<EntryAnswer> {
    const answer = await this.#standOf(command, actor);
    if (answer.revision !== command.revision) return answer;
    await this.#park(command.conferenceId, command.userEndpointId, signal);
    return this.#standOf(command, actor, answer);
  }

  /** Gives up a place. */
  async cancel({ conferenceId, userEndpointId }: CancelEntryCommand, actor: Actor): Promise<void> {
    const place = this.#rooms.get(conferenceId)?.find(userEndpointId);
    if (place?.stored.userKey === userKeyOf(actor)) await this.#leave(conferenceId, place);
  }

  /** Admits or denies those who wait. Refuses with `forbidden` who may not moderate. */
  async decide(command: DecideEntryCommand, actor: Actor): Promise<DecideEntryResult> {
    const { conferenceId, userEndpointId, decision, endpointIds, message } = command;
    await this.#options.conferences.consult(conferenceId, actor, (state, context) => {
      requireActive(state);
      requirePermission(state, context, userEndpointId, 'moderate');
    });
    const room = this.#rooms.get(conferenceId);
    const places = endpointIds ? endpointIds.flatMap((id) => room?.find(id) ?? []) : (room?.waiting() ?? []);
    const outcome = { state: decision, ...(message !== undefined && message !== '' && { message }) };
    return { decided: await this.#conclude(conferenceId, places, outcome) };
  }

  /** Who waits: immediately, or with the `revision` of the last answer as soon as that changes. */
  async list(
    conferenceId: string,
    { userEndpointId, revision }: { readonly userEndpointId: string; readonly revision?: string },
    actor: Actor,
    signal: AbortSignal,
  ): Promise<WaitingList> {
    const requireModerator = () =>
      this.#options.conferences.consult(conferenceId, actor, (state, context) => {
        requireActive(state);
        requirePermission(state, context, userEndpointId, 'moderate');
      });
    await requireModerator();
    const list = this.#listOf(conferenceId);
    if (list.revision !== revision) return list;
    await this.#wait(conferenceId, signal);
    await requireModerator();
    return this.#listOf(conferenceId);
  }

  /** Ends all waits; for shutdown. */
  close(): void {
    this.#isClosed = true;
    this.#stopFollowing();
    this.#stopSweeping?.();
    this.#waiters.wakeAll();
  }

  #listOf(conferenceId: string): WaitingList {
    const waiting = (this.#rooms.get(conferenceId)?.waiting() ?? []).map(entryOf);
    return { revision: revisionOf(waiting), waiting };
  }

  /** `last` is what a request that was parked was told before: who gave up the place meanwhile must not get another by it. */
  async #standOf(command: RequestEntryCommand, actor: Actor, last?: EntryAnswer): Promise<EntryAnswer> {
    const { conferenceId, userEndpointId } = command;
    const standing = await this.#options.conferences
      .consult(conferenceId, actor, (state, context) => {
        requireActive(state);
        requireNotRemoved(userEndpointId, context);
        if (isWaitingRequired(state, context)) return lobbyInEntry(state.metadata[LOBBY_KEY]?.value ?? '');
        requireEntry(state, context);
        return undefined;
      })
      .catch(async (error: unknown) => {
        // Whoever may not even wait, for example after a ban, does not keep a place.
        if (error instanceof RefusalError) await this.cancel(command, actor);
        throw error;
      });
    const room = this.#roomOf(conferenceId);
    const found = room.find(userEndpointId);
    const known = found?.stored.userKey === userKeyOf(actor) ? found : undefined;
    if (!standing) {
      if (known && !known.outcome) await this.#leave(conferenceId, known);
      return withRevision({ state: 'ADMITTED' });
    }
    if (!known && last) return last;
    const place = known ?? (await this.#enter(command, actor, room));
    this.#see(conferenceId, room, place);
    if (place.outcome) return withRevision(place.outcome);
    const { sinceMs } = place.stored;
    return withRevision({
      state: 'WAITING',
      ...standing,
      waitingSince: new Date(sinceMs).toISOString(),
      expiresAt: new Date(sinceMs + this.#options.longestWaitMs).toISOString(),
    });
  }

  async #enter(
    { conferenceId, userEndpointId, name }: RequestEntryCommand,
    actor: Actor,
    room: WaitingRoom,
  ): Promise<Place> {
    const { limits, clock, records, longestWaitMs } = this.#options;
    const userKey = userKeyOf(actor);
    const waiting = room.waiting();
    requireWithin(limits, 'waitingRoomPlaces', waiting.length + 1);
    const ofUser = waiting.filter(({ stored }) => stored.userKey === userKey).length;
    requireWithin(limits, 'waitingRoomPlacesPerUser', ofUser + 1);
    const stored: StoredPlace = {
      userEndpointId,
      userId: actor.userId,
      userKey,
      ...(name !== undefined && name !== '' && { name }),
      ...(actor.verified && { verified: actor.verified }),
      // Who comes later waits behind, also within a millisecond or after the clock was set back.
      sinceMs: Math.max(clock.now(), (waiting.at(-1)?.stored.sinceMs ?? 0) + 1),
    };
    const place = room.take(stored, clock.elapsedMs(), longestWaitMs);
    this.#waiters.wake(conferenceId);
    await records.put(keyOf(conferenceId, userEndpointId), stored);
    return place;
  }

  async #leave(conferenceId: string, { stored }: Place): Promise<void> {
    this.#rooms.get(conferenceId)?.remove(stored.userEndpointId);
    this.#forgetIfEmpty(conferenceId);
    this.#waiters.wake(conferenceId);
    await this.#options.records.delete(keyOf(conferenceId, stored.userEndpointId));
  }

  /** Decides about places, and says for each what was decided first. Who is admitted may enter before anybody learns of it. */
  async #conclude(
    conferenceId: string,
    places: readonly Place[],
    outcome: Outcome,
  ): Promise<DecideEntryResult['decided']> {
    const { standings, records } = this.#options;
    const decided = await this.#decide(conferenceId, places, outcome);
    const admitted = decided
      .filter(({ state }) => state === 'ADMITTED')
      .map(({ place }) => place.stored.userKey);
    try {
      await standings.letReturn(conferenceId, [...new Set(admitted)]);
    } finally {
      // Also on a full disk: the decision holds until a restart, and a repetition stores it.
      this.#waiters.wake(conferenceId);
    }
    for (const { place } of decided) await records.delete(keyOf(conferenceId, place.stored.userEndpointId));
    return decided.flatMap(({ place, state }) =>
      state === 'EXPIRED' ? [] : [{ userEndpointId: place.stored.userEndpointId, decision: state }],
    );
  }

  /** Says for each place what was decided first, here or at another node. */
  async #decide(
    conferenceId: string,
    places: readonly Place[],
    outcome: Outcome,
  ): Promise<readonly (Outcome & { readonly place: Place })[]> {
    const { clock, sharing } = this.#options;
    const room = this.#roomOf(conferenceId);
    const open = places.filter((place) => !place.outcome);
    if (sharing && open.length > 0) {
      for (const { stored } of open) {
        this.#news?.publish({ conferenceId, endpointId: stored.userEndpointId, outcome });
      }
      await sharing.flushed();
      await sharing.caughtUp();
    }
    return places.map((place) => ({ place, ...room.decide(place, outcome, clock.elapsedMs()) }));
  }

  async #park(conferenceId: string, endpointId: string, signal: AbortSignal): Promise<void> {
    const room = this.#rooms.get(conferenceId);
    const place = room?.find(endpointId);
    if (!room || !place) return;
    place.parkedRequests += 1;
    await this.#wait(conferenceId, signal);
    place.parkedRequests -= 1;
    this.#see(conferenceId, room, place);
  }

  #see(conferenceId: string, room: WaitingRoom, place: Place): void {
    const nowMs = this.#options.clock.elapsedMs();
    room.see(place, nowMs);
    if (nowMs - (this.#toldMs.get(place) ?? -Infinity) < tellIntervalMs) return;
    this.#toldMs.set(place, nowMs);
    this.#news?.publish({ conferenceId, endpointId: place.stored.userEndpointId });
  }

  /** Applies a stored place, or its deletion. */
  #takeStored(key: string, stored: StoredPlace | undefined): void {
    const { clock, longestWaitMs } = this.#options;
    const [conferenceId, endpointId] = JSON.parse(key) as [string, string];
    const known = this.#rooms.get(conferenceId)?.find(endpointId);
    if (stored && known?.stored.sinceMs !== stored.sinceMs) {
      const waitedMs = Math.max(0, clock.now() - stored.sinceMs);
      this.#roomOf(conferenceId).take(stored, clock.elapsedMs(), longestWaitMs - waitedMs);
    }
    if (!stored && known && !known.outcome) {
      this.#rooms.get(conferenceId)?.remove(endpointId);
      this.#forgetIfEmpty(conferenceId);
    }
    this.#waiters.wake(conferenceId);
  }

  /** Follows what another node did. */
  #hear({ conferenceId, endpointId, outcome }: PlaceNews): void {
    const room = this.#rooms.get(conferenceId);
    const place = room?.find(endpointId);
    if (!room || !place) return;
    const nowMs = this.#options.clock.elapsedMs();
    if (outcome) room.decide(place, outcome, nowMs);
    else room.see(place, nowMs);
    if (outcome) this.#waiters.wake(conferenceId);
  }

  async #wait(conferenceId: string, signal: AbortSignal): Promise<void> {
    const { clock, pollTimeoutMs } = this.#options;
    await waitAtMost(clock, pollTimeoutMs, signal, (waiting) => this.#waiters.wait(conferenceId, 0, waiting));
  }

  async #follow(event: ConferenceEvent): Promise<void> {
    const { conferenceId } = event;
    const room = this.#rooms.get(conferenceId);
    if (!room) return;
    if (event.type === 'ConferenceEndedEvent') {
      for (const place of room.waiting()) await this.#leave(conferenceId, place);
      this.#waiters.wake(conferenceId);
    }
    if (event.type !== 'ConferenceMetadataUpdatedEvent' || event.key !== LOBBY_KEY) return;
    // Without a waiting room, all who wait are let in, also if the conference is locked.
    if (event.operation === 'SET') {
      this.#waiters.wake(conferenceId);
      return;
    }
    const places = room.waiting();
    const outcome = { state: 'ADMITTED' } as const;
    // Every node reads this event, so none has to tell the others.
    for (const place of places) room.decide(place, outcome, this.#options.clock.elapsedMs());
    await this.#conclude(conferenceId, places, outcome);
  }

  async #sweep(): Promise<void> {
    const { clock, records, sharing } = this.#options;
    if (sharing?.canJudgeSilence() === false) return;
    for (const [conferenceId, room] of this.#rooms) {
      // Other nodes do not see that its request is parked here.
      for (const place of room.waiting()) if (place.parkedRequests > 0) this.#see(conferenceId, room, place);
      const changed = room.sweep(clock.elapsedMs());
      this.#forgetIfEmpty(conferenceId);
      if (changed.length === 0) continue;
      this.#waiters.wake(conferenceId);
      for (const { stored, outcome } of changed) {
        const { userEndpointId: endpointId } = stored;
        // Before other nodes see that the place is gone, and give its owner another.
        if (outcome) this.#news?.publish({ conferenceId, endpointId, outcome });
        await records.delete(keyOf(conferenceId, endpointId));
      }
    }
  }

  #roomOf(conferenceId: string): WaitingRoom {
    const room = this.#rooms.get(conferenceId) ?? new WaitingRoom();
    this.#rooms.set(conferenceId, room);
    const { clock, onError } = this.#options;
    if (!this.#isClosed)
      this.#stopSweeping ??= repeatEvery(clock, sweepIntervalMs, () => this.#sweep(), onError);
    return room;
  }

  #forgetIfEmpty(conferenceId: string): void {
    if (this.#rooms.get(conferenceId)?.isEmpty === true) this.#rooms.delete(conferenceId);
    if (this.#rooms.size > 0) return;
    this.#stopSweeping?.();
    this.#stopSweeping = undefined;
  }
}

function withRevision(answer: Omit<EntryAnswer, 'revision'>): EntryAnswer {
  return { ...answer, revision: revisionOf(answer) };
}

/** Equal for equal answers, also of another process. */
function revisionOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}

function keyOf(conferenceId: string, endpointId: string): string {
  return JSON.stringify([conferenceId, endpointId]);
}
