import { type RefusalCode, RefusalError } from '../refusal.ts';
import type { Limits } from './limits.ts';

/** A limit that is a count; the others are settings of the HTTP server. */
export type CountedLimit = Exclude<
  keyof Limits,
  'bodyBytes' | 'connections' | 'headersTimeoutMs' | 'requestTimeoutMs'
>;

/** What each limit counts and what to do about it, as a refusal says it. */
const explanations: Readonly<Record<CountedLimit, readonly [what: string, advice: string]>> = {
  jsonDepth: ['levels of objects and arrays in a body', 'Send flatter JSON.'],
  jsonEntries: ['keys and array items in a body', 'Send less at once.'],
  eventBytes: ['bytes in one change', 'Send shorter texts and less metadata.'],
  sdpBytes: ['bytes in an SDP', 'Offer fewer codecs or media sections.'],
  sdpLines: ['lines in an SDP', 'Offer fewer codecs or media sections.'],
  sdpLineBytes: ['bytes in one line of an SDP', 'Send the offer as the browser wrote it.'],
  sdpSections: ['media sections in an SDP', 'Offer only the media of this one stream.'],
  candidatesPerCall: ['ICE candidates in one call', 'Send the others in further calls.'],
  candidatesPerConnection: ['ICE candidates for one stream or view', 'Set up a new stream or view instead.'],
  candidateBytes: ['bytes in one ICE candidate', 'Send the candidate as the browser wrote it.'],
  conferenceMetadataEntries: ['metadata entries in a conference', 'Remove some first.'],
  conferenceMetadataBytes: [
    'bytes of metadata in a conference',
    'Remove entries first or store shorter ones.',
  ],
  participantMetadataEntries: ['metadata entries of a participant', 'Send fewer entries.'],
  participantMetadataBytes: [
    'bytes of metadata of a participant',
    'Store large data elsewhere, a link here.',
  ],
  streamMetadataEntries: ['metadata entries of a stream', 'Send fewer entries.'],
  streamMetadataBytes: ['bytes of metadata of a stream', 'Store large data elsewhere, a link here.'],
  conferencesPerOrganization: ['active conferences in an organisation', 'End some first.'],
  participantsPerConference: ['participants in a conference', 'Try again when somebody has left.'],
  streamsPerParticipant: ['streams of one participant', 'Withdraw one first.'],
  viewsPerEndpoint: ['open views of one endpoint in a conference', 'Stop one first.'],
  endpointsPerUser: ['registered endpoints of one user', 'Unregister one first.'],
};

/** Refuses, naming the limit, when `count` is above it. */
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
