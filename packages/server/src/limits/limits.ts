/**
 * How much a request, a conference or a user may hold, so that nobody can use up a node. Whole numbers; sizes are
 * bytes of UTF-8, durations milliseconds. `docs/server/limits.md` describes each.
 */
export interface Limits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Objects and arrays inside each other in a JSON body, the outermost included. */
  readonly jsonDepth: number;
  /** Keys and array items of a JSON body together. */
  readonly jsonEntries: number;
  /** Bytes of one event of a history, which holds the metadata, reasons and ids of a command. */
  readonly eventBytes: number;

  readonly sdpBytes: number;
  readonly sdpLines: number;
  /** Bytes of one line of an SDP. */
  readonly sdpLineBytes: number;
  /** `m=` lines of an SDP. */
  readonly sdpSections: number;
  readonly candidatesPerCall: number;
  /** ICE candidates over the life of a published stream or a view. */
  readonly candidatesPerConnection: number;
  /** Bytes of one ICE candidate line. */
  readonly candidateBytes: number;

  readonly conferenceMetadataEntries: number;
  readonly conferenceMetadataBytes: number;
  readonly participantMetadataEntries: number;
  readonly participantMetadataBytes: number;
  readonly streamMetadataEntries: number;
  readonly streamMetadataBytes: number;

  /** Conferences of one organisation that have not ended. */
  readonly conferencesPerOrganization: number;
  readonly participantsPerConference: number;
  readonly streamsPerParticipant: number;
  /** Views that one endpoint has open in one conference. */
  readonly viewsPerEndpoint: number;
  /** Registered endpoints of one user: tabs and phones. */
  readonly endpointsPerUser: number;

  /** TCP connections at the same time; more are refused. */
  readonly connections: number;
  /** How long a client may take to send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send a whole request. Does not cut short the wait for an answer. */
  readonly requestTimeoutMs: number;
}

/** What holds unless the configuration says otherwise. */
export const defaultLimits: Limits = {
  bodyBytes: 512 * 1024,
  jsonDepth: 32,
  jsonEntries: 10_000,
  eventBytes: 128 * 1024,

  sdpBytes: 256 * 1024,
  sdpLines: 5_000,
  sdpLineBytes: 8 * 1024,
  sdpSections: 64,
  candidatesPerCall: 100,
  candidatesPerConnection: 500,
  candidateBytes: 1024,

  conferenceMetadataEntries: 1_000,
  conferenceMetadataBytes: 256 * 1024,
  participantMetadataEntries: 100,
  participantMetadataBytes: 32 * 1024,
  streamMetadataEntries: 100,
  streamMetadataBytes: 32 * 1024,

  conferencesPerOrganization: 10_000,
  participantsPerConference: 1_000,
  streamsPerParticipant: 16,
  viewsPerEndpoint: 200,
  endpointsPerUser: 1_000,

  connections: 20_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
};
