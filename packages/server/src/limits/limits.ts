/**
 * Limits on requests, conferences and users, so that no caller can exhaust a node. Whole numbers; sizes are bytes of
 * UTF-8, durations milliseconds. `docs/server/limits.md` describes each.
 */
export interface Limits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Nesting depth of objects and arrays in a JSON body, including the outermost. */
  readonly jsonDepth: number;
  /** Total number of keys and array items in a JSON body. */
  readonly jsonEntries: number;
  /** Bytes of one history event, which holds the metadata, reasons and ids of a command. */
  readonly eventBytes: number;
  /** Bytes of a conference's events that are kept; older ones are dropped. */
  readonly historyBytes: number;

  readonly sdpBytes: number;
  readonly sdpLines: number;
  /** Bytes of one line of an SDP. */
  readonly sdpLineBytes: number;
  /** `m=` lines of an SDP. */
  readonly sdpSections: number;
  readonly candidatesPerCall: number;
  /** ICE candidates over the lifetime of a published stream or a view. */
  readonly candidatesPerConnection: number;
  /** Bytes of one ICE candidate line. */
  readonly candidateBytes: number;

  readonly conferenceMetadataEntries: number;
  readonly conferenceMetadataBytes: number;
  readonly participantMetadataEntries: number;
  readonly participantMetadataBytes: number;
  readonly streamMetadataEntries: number;
  readonly streamMetadataBytes: number;

  /** Active conferences of one organization. */
  readonly conferencesPerOrganization: number;
  /** Bytes of a conference as JSON: participants with their streams, and metadata. */
  readonly conferenceBytes: number;
  /** Bytes of a list of conferences, which leaves out the oldest. */
  readonly listBytes: number;
  readonly participantsPerConference: number;
  readonly streamsPerParticipant: number;
  /** Endpoints of one user in one conference. */
  readonly participantsPerUser: number;
  /** Open views of one endpoint in one conference. */
  readonly viewsPerEndpoint: number;
  /** Registered endpoints of one user: tabs and phones. */
  readonly endpointsPerUser: number;
  /** Published streams and open views of one user, in all conferences. */
  readonly mediaConnectionsPerUser: number;
  /** Published streams and open views in one conference. */
  readonly mediaConnectionsPerConference: number;
  /** Polls, pushes, and connections and subscriptions by MQTT of one user that wait for events. */
  readonly waitingPerUser: number;
  /** Polls, pushes and subscriptions by MQTT for one endpoint that wait for events; the oldest ends. */
  readonly waitingPerEndpoint: number;

  /** Bytes of a packet from an MQTT client. */
  readonly mqttPacketBytes: number;
  /** How long an MQTT client may take to send CONNECT, once its WebSocket is open. */
  readonly mqttConnectTimeoutMs: number;
  /** MQTT clients of one address that have not logged in yet. */
  readonly mqttConnectingPerAddress: number;
  /** Events that an MQTT client has not acknowledged; further ones wait. */
  readonly mqttUnacknowledged: number;

  /** Places in the waiting room of one conference. */
  readonly waitingRoomPlaces: number;
  /** The same of one user. */
  readonly waitingRoomPlacesPerUser: number;

  /** One message as JSON. */
  readonly messageBytes: number;
  /** The messages of one conference that are kept; the oldest are dropped. */
  readonly keptMessageBytes: number;

  /** Logins of one ticket that may exist at the same time. */
  readonly loginsPerTicket: number;

  /** Concurrent TCP connections; more are refused. */
  readonly connections: number;
  /** The same from one address, or from one /64 of IPv6. Not counted behind trusted proxies, which share an address. */
  readonly connectionsPerAddress: number;
  /** How long a client may take to send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send a whole request. Does not limit the wait for the response. */
  readonly requestTimeoutMs: number;
  /** How long a client may take to read a whole response. */
  readonly responseTimeoutMs: number;
  /** Bytes of responses that one address has not read yet; further long ones are refused. */
  readonly unreadBytesPerAddress: number;
}

/** Limits that apply unless configured otherwise. */
export const defaultLimits: Limits = {
  bodyBytes: 512 * 1024,
  jsonDepth: 32,
  jsonEntries: 10_000,
  eventBytes: 128 * 1024,
  historyBytes: 2 * 1024 * 1024,

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
  conferenceBytes: 4 * 1024 * 1024,
  listBytes: 4 * 1024 * 1024,
  participantsPerConference: 1_000,
  participantsPerUser: 100,
  streamsPerParticipant: 16,
  viewsPerEndpoint: 200,
  endpointsPerUser: 1_000,
  loginsPerTicket: 10_000,
  mediaConnectionsPerUser: 1_000,
  mediaConnectionsPerConference: 20_000,
  waitingPerUser: 1_000,
  waitingPerEndpoint: 8,
  mqttPacketBytes: 32 * 1024,
  mqttConnectTimeoutMs: 10_000,
  mqttConnectingPerAddress: 500,
  mqttUnacknowledged: 1_000,
  waitingRoomPlaces: 500,
  waitingRoomPlacesPerUser: 4,

  messageBytes: 64 * 1024,
  keptMessageBytes: 2 * 1024 * 1024,
  connections: 20_000,
  connectionsPerAddress: 5_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  responseTimeoutMs: 30_000,
  unreadBytesPerAddress: 64 * 1024 * 1024,
};
