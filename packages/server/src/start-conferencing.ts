import { randomUUID } from 'node:crypto';
import type { ConferenceState } from '@parley-rtc/contract';
import type { Actor } from './actor.ts';
import { Standings } from './admission/standings.ts';
import { WaitingRooms } from './admission/waiting-rooms.ts';
import type { Clock } from './clock.ts';
import { Conferences } from './conferences/conferences.ts';
import { resumeConference } from './conferences/rules/resume-conference.ts';
import type { Standing } from './conferences/rules/standing.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { endpointKeyOf } from './endpoints/endpoint.ts';
import type { UserEndpoints } from './endpoints/user-endpoints.ts';
import { watchEndpoints } from './endpoints/watch-endpoints.ts';
import type { UserBudgets } from './http/rates/user-budgets.ts';
import type { Limits } from './limits/limits.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import { Messages } from './messages/messages.ts';
import { OutsideEvents } from './push/outside-events.ts';
import { Pushes } from './push/pushes.ts';
import { WaitingRequests } from './push/waiting-requests.ts';
import type { Storage } from './storage/storage.ts';

/** What every part of a server is built on. */
export interface Foundation {
  readonly config: ParleyServerConfig;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly limits: Limits;
  /** Undefined without rate limits. */
  readonly rateLimits: RateLimits | undefined;
  /** What the commands of one user may cause; undefined without rate limits. */
  readonly budgets: UserBudgets | undefined;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/** Conferences, the endpoints in them, and their events on the way to readers. */
export interface Conferencing {
  readonly conferences: Conferences;
  readonly endpoints: UserEndpoints;
  readonly outside: OutsideEvents;
  readonly messages: Messages;
  readonly pushes: Pushes;
  readonly waiting: WaitingRequests;
  readonly standings: Standings;
  readonly waitingRooms: WaitingRooms;
  /** Stops all timers and ends parked requests and pushes. */
  close(): Promise<void>;
}

/** Starts the conferences, with those that an earlier process left in the storage. */
export async function startConferencing(foundation: Foundation): Promise<Conferencing> {
  const { config, clock, storage, limits, budgets, onError } = foundation;
  const { log } = storage;
  const sharing = storage.shared?.sharing;
  const standings = new Standings(storage.records('standings'));
  const standingOf = (conferenceId: string, actor: Actor): Standing => ({
    ...standings.of(conferenceId, actor),
    owns: (endpointId) => endpoints.owns(actor, endpointId),
  });
  const conferences = new Conferences({
    log,
    clock,
    newId: randomUUID,
    pollTimeoutMs: config.pollTimeoutMs ?? 20_000,
    endedRetentionMs: config.endedRetentionMs ?? 5 * 60_000,
    standingOf,
    onForget: async (conferenceId) => {
      await standings.forget(conferenceId);
      await storage.messages.forget(conferenceId);
    },
    onError,
    limits,
    sharing,
    changeBudget: budgets?.changes,
    ...(config.activeListLimit !== undefined && { activeListLimit: config.activeListLimit }),
  });
  const endpoints = watchEndpoints(conferences, {
    clock,
    records: storage.records('user_endpoints'),
    limits,
    onError,
    sharing,
  });
  if (sharing) await resumeAmongNodes(conferences, endpoints);
  else await resumeAfterRestart(conferences, endpoints);
  const outside = new OutsideEvents(clock, onError, sharing?.channel('outside'));
  const messages = new Messages({
    conferences,
    log: storage.messages,
    clock,
    newId: randomUUID,
    limits,
    budget: budgets?.messages,
    sharing,
    onError,
  });
  const waitingRooms = new WaitingRooms({
    conferences,
    standings,
    records: storage.records('waiting'),
    clock,
    limits,
    pollTimeoutMs: config.pollTimeoutMs ?? 20_000,
    longestWaitMs: config.longestWaitMs ?? 30 * 60_000,
    sharing,
    onError,
  });
  const pushes = new Pushes({ conferences, log, outside, messages, clock });
  sharing?.onMissed(() => {
    pushes.recheck();
    return Promise.resolve();
  });
  return {
    conferences,
    endpoints,
    outside,
    messages,
    pushes,
    waiting: new WaitingRequests(limits),
    standings,
    waitingRooms,
    close: async () => {
      endpoints.close();
      conferences.close();
      messages.close();
      waitingRooms.close();
      pushes.close();
      await log.close();
    },
  };
}

/** Reads what the nodes share. Streams of nodes that are gone are withdrawn by {@link withdrawOrphans}. */
async function resumeAmongNodes(conferences: Conferences, endpoints: UserEndpoints): Promise<void> {
  const states = await conferences.load();
  const sickKeys = new Set(states.flatMap(sickKeysOf));
  endpoints.restore((endpoint) => sickKeys.has(endpointKeyOf(endpoint)));
}

/**
 * Restores conferences and endpoints as the former process left them. It unpublishes streams by events, because their media
 * died with that process; endpoints stay inside and get the full time to send a sign of life.
 */
async function resumeAfterRestart(conferences: Conferences, endpoints: UserEndpoints): Promise<void> {
  const states = await conferences.load();
  const sickKeys = new Set(states.flatMap(sickKeysOf));
  endpoints.restore((endpoint) => sickKeys.has(endpointKeyOf(endpoint)));
  await Promise.all(
    states.map(({ id, organizationId = '', participants }) => {
      const known = participants.filter((participant) =>
        endpoints.has({ organizationId, id: participant.id }),
      );
      const knownIds = new Set(known.map((participant) => participant.id));
      return conferences.record(id, (state, stamp) => resumeConference(state, knownIds, stamp));
    }),
  );
}

/** The keys of the silent endpoints in a conference. */
function sickKeysOf({ organizationId = '', participants }: ConferenceState): readonly string[] {
  return participants
    .filter(({ state }) => state === 'SICK')
    .map(({ id }) => endpointKeyOf({ organizationId, id }));
}
