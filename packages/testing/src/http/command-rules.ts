import { ForbiddenError, InvalidRequestError, NotFoundError, WaitingRoomError } from '@parley-rtc/client';
import { findParticipant, LOBBY_KEY, type Participant } from '@parley-rtc/contract';
import type { FakeServer } from '../server/fake-server.ts';
import { hasTrack } from '../server/has-track.ts';
import type { FakeUser } from './accounts.ts';

/** A decision that a command has no effect, with its answer. */
interface Decided {
  readonly answer: unknown;
}

interface Command {
  readonly userEndpointId: string;
  readonly [name: string]: unknown;
}

/** What a rule knows. */
interface Case {
  readonly room: FakeServer;
  readonly user: FakeUser;
  readonly command: Command;
  readonly operation: string;
  /** Who acts; undefined if it is not inside. */
  readonly self: Participant | undefined;
}

/** Entries that only moderators and the creator write. */
const hostKeys: ReadonlySet<string> = new Set(['ON_HOLD', 'RECORDER', 'participant_limit']);
const fewestBps = 30_000;
const mostBps = 2 ** 31 - 1;

/** Rules of Parley's server that the SDK does not depend on, by operation. They refuse, or decide that nothing happens. */
const rules: Readonly<Record<string, (given: Case) => Decided | undefined>> = {
  leave: ({ self, operation }) => (self ? undefined : notFound(operation)),
  end: ({ room, user, command, operation, self }) => {
    const isCreator = room.conference?.creator === user.userId;
    if (!isCreator && !user.isService && !moderates(room, user)) forbid(operation);
    if (self) return undefined;
    // The creator need not be inside.
    const { reason, userEndpointId } = command;
    room.append({ type: 'ConferenceEndedEvent', userId: user.userId, userEndpointId, reason });
    return { answer: undefined };
  },
  publishStream: (given) => {
    const { command, operation } = given;
    const isFit = command['conferenceStreamType'] !== 'UNKNOWN' && /^m=/m.test(String(command['sdpOffer']));
    return isFit ? answerAsBefore(given) : refuseRequest(operation);
  },
  updatePublishedStreamBitrate: (given) => {
    const { room, command, operation, self } = given;
    const bps = command['videoBitrate'] as number;
    if (bps !== 0 && (bps < fewestBps || bps > mostBps)) refuseRequest(operation);
    if (command['streamId'] !== undefined) return undefined;
    const streams = (self?.streams ?? []).filter(({ type }) => hasTrack(type, 'video'));
    if (streams.length === 0) notFound(operation);
    for (const { id: streamId } of streams) {
      const who = { userId: given.user.userId, userEndpointId: command.userEndpointId };
      const event = { type: 'ConferenceStreamBitrateUpdatedEvent', ...who, streamId, videoBitrate: bps };
      room.append(event);
    }
    return { answer: undefined };
  },
  viewStream: ({ room, command, operation }) => {
    const viewed = room.views.get(command['viewerId'] as string);
    return viewed === undefined || viewed === command['streamId'] ? undefined : refuseRequest(operation);
  },
  updateMetadata: ({ room, user, command, operation, self }) => {
    const { operation: change, key, value } = command;
    const isFit = change === 'REMOVE' || (change === 'SET' && typeof value === 'string');
    if (!isFit) refuseRequest(operation);
    const isReserved = String(key).startsWith('RECORDER/server/');
    const isForHosts = hostKeys.has(String(key)) && !user.isService && !moderates(room, user);
    if (isReserved || isForHosts || self?.permissions?.send === false) forbid(operation);
    const isMissing =
      self && change === 'REMOVE' && !Object.hasOwn(room.conference?.metadata ?? {}, String(key));
    return isMissing ? { answer: undefined } : undefined;
  },
  sendMessages: ({ command, operation }) => {
    const messages = command['messages'] as readonly { readonly to?: readonly string[] }[];
    const isToSelf = messages.some(({ to }) => to?.includes(command.userEndpointId));
    return isToSelf ? refuseRequest(operation, 'unknown_recipient') : undefined;
  },
  removeParticipant: ({ room, command }) => {
    const id = String(command['participantId']);
    const isGone = room.conference && !findParticipant(room.conference, id);
    return isGone && room.moderation.removedEndpoints.has(id) ? { answer: undefined } : undefined;
  },
  updatePermissions: ({ room, user, command }) => {
    const target = room.conference && findParticipant(room.conference, String(command['participantId']));
    if (!target || !moderates(room, user)) return undefined;
    const current = room.moderation.permissionsOf(target.userId);
    const isSame =
      JSON.stringify({ ...current, ...(command['permissions'] as object) }) === JSON.stringify(current);
    return isSame ? { answer: undefined } : undefined;
  },
  startRecording: requireRecorder,
  stopRecording: requireRecorder,
};

/** A command that arrives twice is answered as the first time; another offer for a stream that is there is refused. */
function answerAsBefore({ room, command, operation, self }: Case): Decided | undefined {
  const { streamId, sdpOffer, iceRestart } = command;
  const isThere = self?.streams.some(({ id }) => id === streamId);
  if (!isThere || iceRestart === true) return undefined;
  const known = room.published.get(String(streamId));
  return known?.sdpOffer === sdpOffer ? { answer: known?.answer } : refuseRequest(operation);
}

function requireRecorder({ room, user, operation, self }: Case): undefined {
  const mayRecord = user.isService || room.moderation.permissionsOf(user.userId).record;
  return self && !mayRecord ? forbid(operation) : undefined;
}

function moderates(room: FakeServer, { userId }: FakeUser): boolean {
  return room.moderation.permissionsOf(userId).moderate;
}

/** Applies the rules to a command. Returns a decision that nothing happens; undefined lets it happen. Throws a refusal. */
export function decideCommand(
  room: FakeServer,
  user: FakeUser,
  operation: string,
  command: Command,
): Decided | undefined {
  const self = room.conference && findParticipant(room.conference, command.userEndpointId);
  return rules[operation]?.({ room, user, operation, command, self });
}

/** The room, unless it has ended. */
export function openRoom(
  backend: { readonly room: (conferenceId: string) => FakeServer },
  conferenceId: string,
  operation: string,
): FakeServer {
  const room = backend.room(conferenceId);
  return !room.conference || room.conference.ended ? notFound(operation) : room;
}

/** Refuses to show a conference to those who wait before it. */
export function requireVisible(room: FakeServer, user: FakeUser, operation: string): void {
  const { conference, moderation } = room;
  if (!conference || !(LOBBY_KEY in conference.metadata) || user.isService) return;
  const isKnown = moderation.formerUsers.has(user.userId) || moderation.permissionsOf(user.userId).moderate;
  if (!isKnown) throw new WaitingRoomError({ operation, status: 403, serverError: 'lobby' });
}

export function refuseRequest(operation: string, serverError = 'invalid_request'): never {
  throw new InvalidRequestError({ operation, status: 400, serverError });
}

function forbid(operation: string): never {
  throw new ForbiddenError({ operation, status: 403, serverError: 'forbidden' });
}

function notFound(operation: string): never {
  throw new NotFoundError({ operation, status: 404, serverError: 'not_found' });
}
