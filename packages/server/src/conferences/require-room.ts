import {
  reduce,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
  type MetadataEntry,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';
import { jsonBytes } from './json-bytes.ts';
import { hasReservedRoom } from './rules/conventions.ts';
import { stateBytes } from './state-bytes.ts';

/**
 * Refuses events that would make a conference too large, with `limit_exceeded` or `conference_full`. Checks the state
 * after the events, so it covers every command. Measures only what changed; data that already exceeds a newly lowered
 * limit may stay and shrink.
 */
export function requireRoom(state: ConferenceState, events: readonly HistoryEvent[], limits: Limits): void {
  for (const event of events) requireWithin(limits, 'eventBytes', jsonBytes(event));
  const next = events.reduce<ConferenceState>(reduce, state);
  if (next.participants.length > state.participants.length) {
    requireWithin(limits, 'participantsPerConference', next.participants.length, 'conference_full');
    requireUserRoom(next, limits);
  }
  if (next.metadata !== state.metadata) {
    requireMetadataRoom(withoutReserved(next), withoutReserved(state), limits);
    for (const key of Object.keys(next.metadata)) requireOrdinaryKey(key);
  }
  for (const participant of next.participants) {
    const former = state.participants.find(({ id }) => id === participant.id);
    if (participant !== former) requireParticipantRoom(participant, former, limits);
  }
  if (events.every((event) => isAlwaysPossible(state, event))) return;
  const bytes = stateBytes(next);
  if (bytes > stateBytes(state)) requireWithin(limits, 'conferenceBytes', bytes);
}

/** Otherwise a guest who fills the conference could no longer be muted, or kept from sending more. */
function isAlwaysPossible(state: ConferenceState, event: HistoryEvent): boolean {
  if (event.type === 'ConferenceStreamUnpublishedEvent') return true;
  if (event.type !== 'ConferenceMetadataUpdatedEvent') return false;
  return event.operation === 'REMOVE' || hasReservedRoom(state, event.key, event.value ?? '');
}

/** Checks the user of the newest participant. */
function requireUserRoom({ participants }: ConferenceState, limits: Limits): void {
  const newest = participants.at(-1);
  const ofUser = participants.filter(({ userId }) => userId === newest?.userId);
  requireWithin(limits, 'participantsPerUser', ofUser.length);
}

/** The same check for a new conference. */
export function requireRoomForCreation(created: ConferenceCreatedEvent, limits: Limits): void {
  requireWithin(limits, 'eventBytes', jsonBytes(created));
  const metadata = created.metadata ?? {};
  for (const key of Object.keys(metadata)) requireOrdinaryKey(key);
  requireWithin(limits, 'conferenceMetadataEntries', Object.keys(metadata).length);
  requireWithin(limits, 'conferenceMetadataBytes', jsonBytes(metadata));
}

function requireMetadataRoom(
  next: Readonly<Record<string, MetadataEntry>>,
  former: Readonly<Record<string, MetadataEntry>>,
  limits: Limits,
): void {
  const keys = Object.keys(next);
  if (keys.length > Object.keys(former).length) {
    requireWithin(limits, 'conferenceMetadataEntries', keys.length);
  }
  const bytes = textBytes(next);
  if (bytes > textBytes(former)) requireWithin(limits, 'conferenceMetadataBytes', bytes);
}

/** The metadata that count towards the limits. */
function withoutReserved(state: ConferenceState): Readonly<Record<string, MetadataEntry>> {
  const counted = Object.entries(state.metadata).filter(
    ([key, { value }]) => !hasReservedRoom(state, key, value),
  );
  return Object.fromEntries(counted);
}

/**
 * The key is safe in this server but not in every reader: parsers that guard against prototype pollution reject a
 * whole response that holds it, so one participant could make the conference unreadable for all others.
 */
function requireOrdinaryKey(key: string): void {
  if (key === '__proto__') {
    throw new RefusalError('invalid_request', '__proto__ is not allowed as a key. Choose another name.');
  }
}

function requireParticipantRoom(
  participant: Participant,
  former: Participant | undefined,
  limits: Limits,
): void {
  const { metadata, streams } = participant;
  if (metadata !== former?.metadata) {
    requireWithin(limits, 'participantMetadataEntries', Object.keys(metadata).length);
    requireWithin(limits, 'participantMetadataBytes', jsonBytes(metadata));
  }
  if (streams.length > (former?.streams.length ?? 0)) {
    requireWithin(limits, 'streamsPerParticipant', streams.length);
  }
  for (const stream of streams) requireStreamRoom(stream, former?.streams ?? [], limits);
}

function requireStreamRoom({ id, metadata }: Stream, former: readonly Stream[], limits: Limits): void {
  if (former.find((stream) => stream.id === id)?.metadata === metadata) return;
  requireWithin(limits, 'streamMetadataEntries', Object.keys(metadata).length);
  requireWithin(limits, 'streamMetadataBytes', jsonBytes(metadata));
}

/** Counts keys and values as sent; the server's record of who wrote them and when does not count. */
function textBytes(metadata: Readonly<Record<string, MetadataEntry>>): number {
  let bytes = 0;
  for (const [key, { value }] of Object.entries(metadata)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes;
}
