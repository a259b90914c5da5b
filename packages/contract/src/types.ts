import type { components } from './generated/schema.ts';

type Schemas = components['schemas'];

/** Any JSON value. Participant and stream metadata hold these; conference metadata holds strings. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export type ConferenceMode = Schemas['ConferenceMode'];
export type ParticipantHealth = Schemas['ParticipantState'];
export type StreamType = Schemas['StreamType'];
export type MetadataOperation = Schemas['MetadataOperation'];
export type EventQos = Schemas['EventQos'];
export type StreamSource = Schemas['StreamSource'];
export type Permissions = Schemas['Permissions'];
export type PermissionChanges = Schemas['PermissionChanges'];
export type VerifiedProfile = Schemas['VerifiedProfile'];
export type Mover = Schemas['Mover'];
export type EntryDecision = Schemas['EntryDecision'];

// Request bodies.
export type CreateCommand = Schemas['CreateConferenceWebCommand'];
export type JoinCommand = Schemas['JoinConferenceWebCommand'];
export type EnterCommand = Schemas['EnterCommand'];
export type LeaveCommand = Schemas['LeaveConferenceWebCommand'];
export type EndCommand = Schemas['EndConferenceWebCommand'];
export type PublishStreamCommand = Schemas['ConferencePublishStreamWebCommand'];
export type UnpublishStreamCommand = Schemas['ConferenceUnpublishStreamWebCommand'];
export type ViewStreamCommand = Schemas['ConferenceViewStreamWebCommand'];
export type UpdateViewStreamCommand = Schemas['ConferenceUpdateViewStreamWebCommand'];
export type ViewedVideo = Schemas['ViewedVideo'];
export type StopViewStreamCommand = Schemas['ConferenceStopViewStreamWebCommand'];
export type AddPublishStreamIceCandidatesCommand = Schemas['ConferencePublishStreamIceCandidatesWebCommand'];
export type AddViewStreamIceCandidatesCommand = Schemas['ConferenceViewStreamIceCandidatesWebCommand'];
export type UpdateMetadataCommand = Schemas['UpdateConferenceMetadataWebCommand'];
export type UpdateParticipantMetadataCommand = Schemas['UpdateConferenceParticipantMetadataWebCommand'];
export type UpdateStreamMetadataCommand = Schemas['UpdateConferenceStreamMetadataWebCommand'];
export type UpdatePublishedStreamBitrateCommand = Schemas['ConferenceUpdatePublishedStreamBitrateWebCommand'];
export type SetInteractionCommand = Schemas['SetInteractionIdWebCommand'];
export type SendEventCommand = Schemas['SendEventToConferenceWebCommand'];
export type SendMessagesCommand = Schemas['SendMessagesCommand'];
export type StartRecordingCommand = Schemas['StartRecordingCommand'];
export type StopRecordingCommand = Schemas['StopRecordingCommand'];
export type NewMessage = Schemas['NewMessage'];
export type RemoveParticipantCommand = Schemas['RemoveParticipantCommand'];
export type MuteParticipantCommand = Schemas['MuteParticipantCommand'];
export type UpdatePermissionsCommand = Schemas['UpdatePermissionsCommand'];
export type UpdateAdmissionCommand = Schemas['UpdateAdmissionCommand'];
export type RequestEntryCommand = Schemas['RequestEntryCommand'];
export type CancelEntryCommand = Schemas['CancelEntryCommand'];
export type DecideEntryCommand = Schemas['DecideEntryCommand'];
export type IceCandidate = Schemas['IceCandidate'];

// Results.
export type ConferenceSummary = Schemas['ConferenceSummary'];
export type EnterResult = Schemas['EnterResult'];
export type PublishStreamResult = Schemas['ConferencePublishResult'];
export type ViewStreamResult = Schemas['ConferenceStreamViewResult'];
export type SendEventResult = Schemas['SendEventResponse'];
export type SendMessagesResult = Schemas['SendMessagesResult'];
export type StartRecordingResult = Schemas['StartRecordingResult'];
export type Recording = Schemas['Recording'];
export type RecordedStream = Schemas['RecordedStream'];
export type RecordedFile = Schemas['RecordedFile'];
export type RecordingEndReason = Schemas['RecordingEndReason'];
export type EntryAnswer = Schemas['EntryAnswer'];
export type DecideEntryResult = Schemas['DecideEntryResult'];
export type WaitingList = Schemas['WaitingList'];
export type WaitingEntry = Schemas['WaitingEntry'];
export type WireConference = Schemas['Conference'];
export type WireSimpleView = Schemas['ConferenceSimpleView'];
export type WireEvent = Schemas['ConferenceEvent'];
export type ErrorResponse = Schemas['ErrorResponse'];

// The platform operations around the seed.
export type TokenRequest = Schemas['TokenRequest'];
export type TokenResponse = Schemas['TokenResponse'];
export type CreateTicketCommand = Schemas['CreateTicketRequest'];
export type Ticket = Schemas['Ticket'];
export type RegisterUserEndpointCommand = Schemas['RegisterUserEndpointCommand'];
export type RevokeUserCommand = Schemas['RevokeUserCommand'];
export type KeepAliveUserEndpointCommand = Schemas['KeepAliveUserEndpointCommand'];
export type UnregisterUserEndpointCommand = Schemas['UnregisterUserEndpointCommand'];
export type IceServers = Schemas['IceServersResponse'];
export type IceServer = Schemas['IceServer'];
