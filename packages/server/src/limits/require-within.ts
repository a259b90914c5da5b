import { RefusalError, type RefusalCode } from '../refusal.ts';
import type { Limits } from './limits.ts';

/** A limit on a count; the rest are settings of the servers for HTTP and MQTT. */
export type CountedLimit = Exclude<
  keyof Limits,
  | 'bodyBytes'
  | 'historyBytes'
  | 'keptMessageBytes'
  | 'listBytes'
  | 'waitingPerEndpoint'
  | 'mqttPacketBytes'
  | 'mqttConnectTimeoutMs'
  | 'mqttUnacknowledged'
  | 'connections'
  | 'connectionsPerAddress'
  | 'headersTimeoutMs'
  | 'requestTimeoutMs'
  | 'responseTimeoutMs'
>;

/** What each limit counts, and advice for the refusal. */
const explanations: Readonly<Record<CountedLimit, readonly [what: string, advice: string]>> = {
  jsonDepth: ['levels of objects and arrays in a body', 'Send flatter JSON.'],
  jsonEntries: ['keys and array items in a body', 'Send less per request.'],
  eventBytes: ['bytes in one change', 'Send shorter texts and less metadata.'],
  messageBytes: ['bytes in one message', 'Send less, or a link to it.'],
  sdpBytes: ['bytes in an SDP', 'Offer fewer codecs or media sections.'],
  sdpLines: ['lines in an SDP', 'Offer fewer codecs or media sections.'],
  sdpLineBytes: ['bytes in one line of an SDP', 'Send the offer as the browser wrote it.'],
  sdpSections: ['media sections in an SDP', 'Offer only the media of this one stream.'],
  candidatesPerCall: ['ICE candidates in one call', 'Send the rest in further calls.'],
  candidatesPerConnection: ['ICE candidates for one stream or view', 'Set up a new stream or view instead.'],
  candidateBytes: ['bytes in one ICE candidate', 'Send the candidate as the browser wrote it.'],
  conferenceMetadataEntries: ['metadata entries in a conference', 'Remove some first.'],
  conferenceMetadataBytes: [
    'bytes of metadata in a conference',
    'Remove entries first, or store shorter ones.',
  ],
  participantMetadataEntries: ['metadata entries of a participant', 'Send fewer entries.'],
  participantMetadataBytes: [
    'bytes of metadata of a participant',
    'Store large data elsewhere and send a link.',
  ],
  streamMetadataEntries: ['metadata entries of a stream', 'Send fewer entries.'],
  streamMetadataBytes: ['bytes of metadata of a stream', 'Store large data elsewhere and send a link.'],
  conferencesPerOrganization: ['active conferences in an organization', 'End some first.'],
  conferenceBytes: ['bytes in a conference', 'Remove metadata or streams first.'],
  participantsPerUser: ['endpoints of one user in a conference', 'Leave with another endpoint first.'],
  mediaConnectionsPerUser: ['streams and views of one user', 'Unpublish or stop some first.'],
  mediaConnectionsPerConference: ['streams and views in a conference', 'Try again after some have ended.'],
  waitingPerUser: [
    'polls, pushes and MQTT clients of one user that wait for events',
    'End some, or wait for their answers.',
  ],
  mqttConnectingPerAddress: ['MQTT clients of one address that have not logged in', 'Try again later.'],
  waitingRoomPlaces: ['places in the waiting room of a conference', 'Try again after some were admitted.'],
  waitingRoomPlacesPerUser: ['places of one user in a waiting room', 'Give up another place first.'],
  participantsPerConference: ['participants in a conference', 'Try again after a participant leaves.'],
  streamsPerParticipant: ['streams of one participant', 'Unpublish one first.'],
  viewsPerEndpoint: ['open views of one endpoint in a conference', 'Stop one first.'],
  unreadBytesPerAddress: ['bytes of unread responses per address', 'Read the responses.'],
  loginsPerTicket: ['logins of one ticket', 'Create another ticket.'],
  endpointsPerUser: ['registered endpoints of one user', 'Unregister one first.'],
};

/** Refuses if `count` exceeds the limit, naming the limit. */
export function requireWithin(
  limits: Limits,
  limit: CountedLimit,
  count: number,
  code: RefusalCode = 'limit_exceeded',
): void {
  const most = limits[limit];
  if (count <= most) return;
  const [what, advice] = explanations[limit];
  throw new RefusalError(code, `The limit is ${most} ${what} (${limit}). ${advice}`);
}
