import {
  ConferenceLockedError,
  ForbiddenError,
  NotFoundError,
  RemovedError,
  WaitingRoomError,
  type HttpError,
  type HttpFailure,
  type RtcApi,
} from '@parley-rtc/client';
import {
  findParticipant,
  findStream,
  LOBBY_KEY,
  lobbyInEntry,
  LOCKED_KEY,
  SERVER_KEY_PREFIX,
  type UpdateMetadataCommand,
} from '@parley-rtc/contract';
import { hasTrack } from './has-track.ts';
import type { ServerState } from './server-state.ts';

export type Fail = (
  ErrorClass: new (failure: HttpFailure) => HttpError,
  status: number,
  serverError?: string,
) => never;

/** Runs a command of a user, after the test could intercept it. */
type Act = <Answer>(
  operation: keyof RtcApi,
  command: unknown,
  signal: AbortSignal | undefined,
  effect: (fail: Fail) => Answer | Promise<Answer>,
) => Promise<Answer>;

type ModerationApi = Pick<
  RtcApi,
  | 'removeParticipant'
  | 'muteParticipant'
  | 'updatePermissions'
  | 'updateAdmission'
  | 'requestEntry'
  | 'cancelEntry'
  | 'decideEntry'
  | 'getWaiting'
>;

/** Refuses to let an endpoint in, if a moderator decided so. */
export function assertMayJoin(server: ServerState, userId: string, endpointId: string, fail: Fail): void {
  const { moderation, conference } = server;
  if (!server.hasModeration || !conference) return;
  if (moderation.bannedUsers.has(userId)) fail(RemovedError, 403, 'banned');
  if (moderation.removedEndpoints.has(endpointId)) fail(RemovedError, 403, 'removed');
  const isWelcome = moderation.permissionsOf(userId).moderate || moderation.formerUsers.has(userId);
  if (isWelcome) return;
  if (LOCKED_KEY in conference.metadata) fail(ConferenceLockedError, 403, 'locked');
  const isAdmitted = moderation.decisionOn(endpointId)?.decision === 'ADMITTED';
  if (LOBBY_KEY in conference.metadata && !isAdmitted) fail(WaitingRoomError, 403, 'lobby');
}

/** Refuses what the participant may not do. */
export function assertPermitted(
  server: ServerState,
  endpointId: string,
  isAllowed: (permissions: ReturnType<ServerState['moderation']['permissionsOf']>) => boolean,
  fail: Fail,
): void {
  const participant = server.conference && findParticipant(server.conference, endpointId);
  if (participant?.permissions && !isAllowed(participant.permissions)) fail(ForbiddenError, 403, 'forbidden');
}

/** Whether a change of the metadata takes effect. Refuses what only moderators or the server may write. */
export function maySetEntry(
  server: ServerState,
  { key, operation, userEndpointId }: UpdateMetadataCommand,
  fail: Fail,
): boolean {
  const { conference } = server;
  if (!server.hasModeration || !conference) return true;
  if (key.startsWith(SERVER_KEY_PREFIX)) return fail(ForbiddenError, 403, 'forbidden');
  const [, streamId] = /^TRACK_MUTED\/(?:audio|video)\/(.*)$/.exec(key) ?? [];
  if (streamId === undefined) return true;
  const publisher = findStream(conference, streamId)?.participant;
  const isOwn = !publisher || publisher.id === userEndpointId;
  const writer = conference.metadata[key]?.userEndpointId;
  if (isOwn) return operation !== 'SET' || writer === undefined || writer === userEndpointId;
  if (operation === 'REMOVE') return fail(ForbiddenError, 403, 'forbidden');
  assertPermitted(server, userEndpointId, ({ moderate }) => moderate, fail);
  return true;
}

/** The extension for moderators and guests, as a user sees it. */
export function fakeModerationApi(server: ServerState, userId: string, act: Act): ModerationApi {
  const { moderation } = server;
  const conferenceOf = (fail: Fail) =>
    (server.hasModeration ? server.conference : undefined) ?? fail(NotFoundError, 404);
  const moderator = (userEndpointId: string, fail: Fail) => {
    conferenceOf(fail);
    if (server.hasPlatformRoutes && !server.endpoints.has(userEndpointId)) fail(NotFoundError, 404);
    if (!moderation.permissionsOf(userId).moderate) fail(ForbiddenError, 403, 'forbidden');
    return { userId, userEndpointId };
  };
  const target = (participantId: string, fail: Fail) =>
    findParticipant(conferenceOf(fail), participantId) ?? fail(NotFoundError, 404);
  const setEntry = (who: object, key: string, value: string | undefined) =>
    server.append({
      type: 'ConferenceMetadataUpdatedEvent',
      ...who,
      operation: value === undefined ? 'REMOVE' : 'SET',
      key,
      value: value ?? '',
    });
  return {
    removeParticipant: (command, options) =>
      act('removeParticipant', command, options?.signal, (fail) => {
        const removedBy = moderator(command.userEndpointId, fail);
        const removed = target(command.participantId, fail);
        const isBanned = command.ban ?? false;
        moderation.removedEndpoints.add(removed.id);
        if (isBanned) moderation.bannedUsers.add(removed.userId);
        server.removeEndpoint(removed.id, command.reason, { removedBy, isBanned });
        server.endpoints.delete(removed.id);
      }),
    muteParticipant: (command, options) =>
      act('muteParticipant', command, options?.signal, (fail) => {
        const who = moderator(command.userEndpointId, fail);
        const muted = target(command.participantId, fail).streams.filter(({ id, type }) => {
          return hasTrack(type, command.kind) && (command.streamId === undefined || command.streamId === id);
        });
        if (command.streamId !== undefined && muted.length === 0) fail(NotFoundError, 404);
        for (const { id } of muted) setEntry(who, `TRACK_MUTED/${command.kind}/${id}`, 'true');
      }),
    updatePermissions: (command, options) =>
      act('updatePermissions', command, options?.signal, (fail) => {
        const who = moderator(command.userEndpointId, fail);
        const { userId: changedUser } = target(command.participantId, fail);
        server.changePermissions(changedUser, command.permissions, who);
      }),
    updateAdmission: (command, options) =>
      act('updateAdmission', command, options?.signal, (fail) => {
        const who = moderator(command.userEndpointId, fail);
        const { metadata } = conferenceOf(fail);
        if (command.locked === true) setEntry(who, LOCKED_KEY, 'true');
        if (command.locked === false && LOCKED_KEY in metadata) setEntry(who, LOCKED_KEY, undefined);
        const known = metadata[LOBBY_KEY];
        const isOpen = command.lobby ?? known !== undefined;
        const message = command.lobbyMessage ?? (known && lobbyInEntry(known.value).message);
        if (isOpen && (command.lobby || command.lobbyMessage !== undefined)) {
          setEntry(who, LOBBY_KEY, JSON.stringify(message ? { message } : {}));
        }
        if (command.lobby === false && known) {
          setEntry(who, LOBBY_KEY, undefined);
          for (const guest of moderation.guests)
            moderation.decide(guest.userEndpointId, { decision: 'ADMITTED' });
        }
        moderation.change();
      }),
    requestEntry: (command, options) =>
      act('requestEntry', command, options?.signal, async (fail) => {
        const { userEndpointId, name, revision } = command;
        const answer = () => {
          const { metadata } = conferenceOf(fail);
          if (moderation.bannedUsers.has(userId)) fail(RemovedError, 403, 'banned');
          if (server.hasPlatformRoutes && !server.endpoints.has(userEndpointId)) fail(NotFoundError, 404);
          const entry = metadata[LOBBY_KEY];
          const decided = moderation.decisionOn(userEndpointId);
          if (!entry) return { state: 'ADMITTED', revision: 'none' } as const;
          if (decided?.decision === 'ADMITTED') return { state: 'ADMITTED', revision: 'admitted' } as const;
          if (decided) {
            moderation.forgetDecision(userEndpointId);
            const { message } = decided;
            return { state: decided.decision, revision: 'over', ...(message && { message }) } as const;
          }
          const { waitingSince } = moderation.wait({ userEndpointId, userId, ...(name && { name }) });
          const { message } = lobbyInEntry(entry.value);
          const expiresAt = moderation.expiryOf(userEndpointId);
          const words = message === undefined ? {} : { message };
          const own = `${waitingSince} ${message ?? ''}`;
          return { state: 'WAITING', revision: own, ...words, waitingSince, expiresAt } as const;
        };
        const startedMs = Date.now();
        let current = answer();
        while (
          current.revision === revision &&
          Date.now() - startedMs < 20_000 &&
          !options?.signal?.aborted
        ) {
          await moderation.park(options?.signal);
          const { guests } = moderation;
          const hasPlace = guests.some((guest) => guest.userEndpointId === userEndpointId);
          // Whoever gave up the place meanwhile gets no other one by a request that was held.
          if (!hasPlace && !moderation.decisionOn(userEndpointId) && conferenceOf(fail).metadata[LOBBY_KEY])
            break;
          current = answer();
        }
        return current;
      }),
    cancelEntry: (command, options) =>
      act('cancelEntry', command, options?.signal, (fail) => {
        conferenceOf(fail);
        moderation.cancel(command.userEndpointId);
      }),
    decideEntry: (command, options) =>
      act('decideEntry', command, options?.signal, (fail) => {
        moderator(command.userEndpointId, fail);
        const { decision, message, endpointIds } = command;
        const waiting = moderation.guests.map(({ userEndpointId }) => userEndpointId);
        const decided = (endpointIds ?? waiting).flatMap((userEndpointId) => {
          if (waiting.includes(userEndpointId)) {
            moderation.decide(userEndpointId, { decision, ...(message && { message }) });
          }
          const known = moderation.decisionOn(userEndpointId)?.decision;
          return known === 'ADMITTED' || known === 'DENIED' ? [{ userEndpointId, decision: known }] : [];
        });
        return { decided };
      }),
    getWaiting: (_id, query, options) =>
      act('getWaiting', query, options?.signal, async (fail) => {
        moderator(query.userEndpointId, fail);
        const startedMs = Date.now();
        while (query.revision === moderation.revision && Date.now() - startedMs < 20_000) {
          await moderation.park(options?.signal);
          if (options?.signal?.aborted) break;
          moderator(query.userEndpointId, fail);
        }
        const waiting = moderation.guests.map((guest) => {
          const verified = moderation.verified.get(guest.userId);
          return { ...guest, ...(verified && { verified }) };
        });
        return { revision: moderation.revision, waiting };
      }),
  };
}
