import {
  findParticipant,
  permissionsKey,
  type ConferenceState,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import { endReasonOf, selectRecorder } from '../conventions/recording.ts';
import { moderatorOf } from '../moderator.ts';
import type { ConferenceSnapshot, Removal } from '../state/conference-store.ts';
import { selectRemoteParticipants, streamsOf } from '../state/selectors.ts';
import { sameJson } from '../state/unchanged.ts';
import type { ConferenceEvents } from './conference-events.ts';

/** One event, ready to be announced. */
export type Announcement = {
  [Name in keyof ConferenceEvents]: readonly [name: Name, payload: ConferenceEvents[Name]];
}[keyof ConferenceEvents];

/** A departure that only the state shows. */
const unexplained: Removal = { reason: undefined, removedBy: undefined, isBanned: false };

/**
 * Lists the events for a change of state: a stream follows its publisher's arrival and precedes its departure, which
 * `departure` explains.
 */
export function announcementsBetween(
  before: ConferenceSnapshot,
  after: ConferenceSnapshot,
  departure: Removal = unexplained,
): Announcement[] {
  return [
    ...participantAnnouncements(
      selectRemoteParticipants(before),
      selectRemoteParticipants(after),
      after,
      departure,
    ),
    ...permissionAnnouncements(before, after),
    ...metadataAnnouncements(before.conference.metadata, after.conference.metadata),
    ...recorderAnnouncements(before, after),
    ...playbackAnnouncements(before, after),
    ...networkAnnouncements(before, after),
    ...connectionAnnouncements(before, after),
  ];
}

function participantAnnouncements(
  before: readonly Participant[],
  after: readonly Participant[],
  { conference }: ConferenceSnapshot,
  departure: Removal,
): Announcement[] {
  if (before === after) return [];
  const announcements: Announcement[] = [];
  for (const participant of before) {
    if (findParticipant(conference, participant.id)) continue;
    announcements.push(...streamAnnouncements(participant, undefined), [
      'participant-left',
      { participant, ...departure },
    ]);
  }
  for (const participant of after) {
    const earlier = before.find(({ id }) => id === participant.id);
    if (!earlier) announcements.push(['participant-joined', { participant }]);
    else if (hasChanged(earlier, participant)) announcements.push(['participant-updated', { participant }]);
    announcements.push(...streamAnnouncements(earlier, participant));
  }
  return announcements;
}

/** Ignores streams and permissions, which have events of their own. */
function hasChanged(before: Participant, after: Participant): boolean {
  const ignored = { streams: [], permissions: undefined };
  return !sameJson({ ...before, ...ignored }, { ...after, ...ignored });
}

/** Compares our own permissions with the last known ones, because they can change while we are outside. */
function permissionAnnouncements(before: ConferenceSnapshot, after: ConferenceSnapshot): Announcement[] {
  const { participants, metadata } = after.conference;
  if (before.conference.participants === participants) return [];
  return participants.flatMap((participant): Announcement[] => {
    const { id, permissions } = participant;
    const earlier = id === after.endpointId ? before : findParticipant(before.conference, id);
    if (!permissions || !earlier || sameJson(earlier.permissions, permissions)) return [];
    const entry = metadata[permissionsKey(id)];
    return [['permissions-changed', { participant, permissions, changedBy: entry && moderatorOf(entry) }]];
  });
}

function streamAnnouncements(
  before: Participant | undefined,
  after: Participant | undefined,
): Announcement[] {
  if (before === after) return [];
  const earlier = before ? streamsOf(before) : [];
  const later = after ? streamsOf(after) : [];
  const announcements: Announcement[] = [];
  for (const stream of earlier) {
    if (!withId(later, stream.id)) announcements.push(['stream-unpublished', { stream }]);
  }
  for (const stream of later) {
    const known = before && withId(before.streams, stream.id);
    if (!known) announcements.push(['stream-published', { stream }]);
    else if (after && !sameJson(known, withId(after.streams, stream.id))) {
      announcements.push(['stream-updated', { stream }]);
    }
  }
  return announcements;
}

function withId<Item extends Stream>(items: readonly Item[], id: string): Item | undefined {
  return items.find((item) => item.id === id);
}

function metadataAnnouncements(
  before: ConferenceState['metadata'],
  after: ConferenceState['metadata'],
): Announcement[] {
  if (before === after) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((key) => ({ key, entry: Object.hasOwn(after, key) ? after[key] : undefined }))
    .filter(({ key, entry }) => !sameJson(Object.hasOwn(before, key) ? before[key] : undefined, entry))
    .map((payload) => ['metadata-updated', payload] as const);
}

function recorderAnnouncements(before: ConferenceSnapshot, after: ConferenceSnapshot): Announcement[] {
  const recorder = selectRecorder(after);
  if (sameJson(selectRecorder(before), recorder)) return [];
  const reason = recorder ? undefined : endReasonOf(after.conference.metadata);
  return [['recording-changed', { recorder, reason }]];
}

function playbackAnnouncements(before: ConferenceSnapshot, { playback }: ConferenceSnapshot): Announcement[] {
  const isSame = before.playback.blockedStreamIds.join() === playback.blockedStreamIds.join();
  return isSame ? [] : [['playback-changed', { playback }]];
}

function networkAnnouncements(before: ConferenceSnapshot, { network }: ConferenceSnapshot): Announcement[] {
  return network && before.network !== network ? [['network-indicator-updated', { network }]] : [];
}

function connectionAnnouncements(before: ConferenceSnapshot, after: ConferenceSnapshot): Announcement[] {
  const { connection, removal } = after;
  if (before.connection === connection) return [];
  const changed: Announcement = ['connection-changed', { connection }];
  if (removal) return [['removed', removal], changed];
  return connection === 'ended'
    ? [['ended', { reason: after.conference.ended?.reason }], changed]
    : [changed];
}
