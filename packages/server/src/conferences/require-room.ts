import {
  reduce,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
  type JsonObject,
  type MetadataEntry,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';

/**
 * Refuses with `limit_exceeded`, or `conference_full`, what would make a conference too large. Looks at the state after
 * the events, so it holds for every command there is; only parts that changed are measured, and what a lower limit of
 * today finds too large already may stay and shrink.
 */
export function requireRoom(state: ConferenceState, events: readonly HistoryEvent[], limits: Limits): void {
  for (const event of events) requireWithin(limits, 'eventBytes', jsonBytes(event));
  const next = events.reduce<ConferenceState>(reduce, state);
  if (next.participants.length > state.participants.length) {
    requireWithin(limits, 'participantsPerConference', next.participants.length, 'conference_full');
  }
  if (next.metadata !== state.metadata) requireMetadataRoom(next.metadata, state.metadata, limits);
  for (const participant of next.participants) {
    const former = state.participants.find(({ id }) => id === participant.id);
    if (participant !== former) requireParticipantRoom(participant, former, limits);
  }
}

/** The same for a conference that begins. */
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
  for (const key of keys) requireOrdinaryKey(key);
}

/**
 * Safe in this server, but not in every reader: parsers that guard against poisoned prototypes refuse a whole answer
 * that holds this key, so that one participant could take the conference away from all others.
 */
function requireOrdinaryKey(key: string): void {
  if (key === '__proto__') {
    throw new RefusalError('invalid_request', 'No key may be called __proto__. Choose another name.');
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

/** Keys and values as their writers sent them; who wrote when is not theirs to count. */
function textBytes(metadata: Readonly<Record<string, MetadataEntry>>): number {
  let bytes = 0;
  for (const [key, { value }] of Object.entries(metadata)) bytes += utf8Bytes(key) + utf8Bytes(value);
  return bytes;
}

function jsonBytes(value: HistoryEvent | JsonObject): number {
  return utf8Bytes(JSON.stringify(value));
}

const encoder = new TextEncoder();

function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}
