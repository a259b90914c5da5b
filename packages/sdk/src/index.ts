export { Conference } from './conference/conference.ts';
export type { CreateOptions } from './conference/create-conference.ts';
export type { JoinOptions } from './conference/join-options.ts';
export { prepareJoin } from './conference/prepare-join.ts';
export { peekConference, type PeekOptions } from './presence/peek-conference.ts';
export type { LeaveOptions } from './conference/session-options.ts';
export type { ActiveSpeaker, ConferenceEvents, ConferenceListener } from './announcing/conference-events.ts';
export type {
  ConferenceSnapshot,
  ConferenceStore,
  ConnectionStatus,
  NetworkIndicators,
  Removal,
} from './state/conference-store.ts';
export type { Moderator } from './moderator.ts';
export {
  type RemoteStream,
  selectRemoteParticipants,
  selectRemoteStreams,
  selectSelf,
} from './state/selectors.ts';
export { type Permissions, selectPermissions } from './state/select-permissions.ts';
export { selectUsers, type User } from './state/select-users.ts';
export type { PublishDetails, PublishOptions } from './publishing/publish-options.ts';
export type {
  DeviceSource,
  DeviceRequest,
  MissingKinds,
  OwnMediaSource,
  PreviewSource,
  PublishSource,
  ScreenSource,
  StartMuted,
} from './devices/media-source.ts';
export type {
  Message,
  MessagePayload,
  Recipient,
  RequestHandler,
  RequestOptions,
  SendOptions,
  SentMessage,
} from './messages/message.ts';
export {
  type ListedMessage,
  type MessageList,
  messageListOf,
  type MessageSource,
} from './messages/message-list.ts';
export type { MuteOptions, PublishedStream, SwitchOptions } from './publishing/published-stream.ts';
export type { TrackKind } from './stream-kinds.ts';
export type { DecryptionContext, EncryptionContext, MediaEncryption } from './publishing/media-encryption.ts';
export type { TrackProcessor } from './publishing/track-processor.ts';
export {
  createDevices,
  type Devices,
  type DevicesOptions,
  type FollowedStream,
} from './devices/create-devices.ts';
export type { DeviceChange } from './devices/device-choices.ts';
export { type Device, type DeviceKind, listDevices } from './devices/device.ts';
export { type ChoiceReason, type DeviceChoice, type DeviceIntent } from './devices/device-intent.ts';
export { createPreview, type Preview, type PreviewOptions } from './preview/create-preview.ts';
export { createLevelMeter, type LevelMeter, type LevelMeterOptions } from './preview/level-meter.ts';
export { type MediaWarning, watchMedia, type WatchMediaOptions } from './preview/watch-media.ts';
export { type DrawFrame, videoFrameProcessor } from './processors/video-frame-processor.ts';
export type { Captured } from './devices/media-source.ts';
export { encodingsFor, type VideoCodec, type VideoShape } from './encoding/encodings-for.ts';
export {
  audioBitrates,
  classicCameraPresets,
  screenPresets,
  type VideoPreset,
  wideCameraPresets,
} from './encoding/presets.ts';
export { selectMuted, selectMutedBy } from './conventions/track-mute.ts';
export {
  type ConferenceLobby,
  type ConferenceLock,
  selectLobby,
  selectLock,
} from './conventions/admission.ts';
export { type DisplayName, displayNameOf, type NamedPerson } from './state/display-name.ts';
export type {
  EntryOutcome,
  Moderation,
  ModerationOptions,
  WaitingGuest,
  WaitingRoom,
} from './moderation/moderation.ts';
export type { Waiting } from './presence/wait-for-entry.ts';
export { selectOnHold } from './conventions/hold.ts';
export {
  announceRecording,
  type MetadataWriter,
  type Recorder,
  selectRecorder,
  selectRecording,
} from './conventions/recording.ts';
export type { StartedRecording } from './recording/recording-calls.ts';
export { RecordingRefusedError, type RecordingRefusal } from './errors/recording-refused-error.ts';
export { announcePortrait, selectPortrait } from './conventions/portrait.ts';
export type { Detach, ViewedStream, ViewOptions } from './viewing/viewed-stream.ts';
export type { JoinTiming } from './announcing/join-timing.ts';
export type { ViewTiming } from './viewing/view-controller.ts';
export type { FirstFrame } from './viewing/first-frame.ts';
export type { Playback } from './state/playback.ts';
export type { ViewPriority } from './viewing/video-cap.ts';
export { AudioOutputError, NoFramesError, ViewClosedError } from './errors/viewing-errors.ts';
export { PartNotLoadedError } from './errors/part-not-loaded-error.ts';
export type { QualityLevel, StreamQuality } from './quality/quality-of.ts';
export type { LayerStats, MediaStats, StreamStats } from './quality/stream-stats.ts';
export type { QualityCause, QualityCauseCode } from './quality/quality-causes.ts';
export { withSchemas } from './schemas/with-schemas.ts';
export type {
  ConferenceSchemas,
  InvalidData,
  InvalidPlace,
  TypedConference,
  TypedEvent,
  TypedMessage,
} from './schemas/typed-conference.ts';
export { InvalidMetadataError } from './errors/schema-errors.ts';
export { SpeakerDetector, type SpeakingStream } from './speakers/speaker-detector.ts';
export type { AnyParleyError, ParleyErrorCode } from './errors/any-parley-error.ts';
export {
  EndpointInUseError,
  EndpointLostError,
  ListenerError,
  NotJoinedError,
  UnreadableEventError,
} from './errors/conference-errors.ts';
export {
  type CaptureKind,
  CaptureFailedError,
  ClickRequiredError,
  DeviceBlockedByPolicyError,
  DeviceDeniedError,
  DeviceDismissedError,
  DeviceInUseError,
  DeviceNotFoundError,
  DeviceOverconstrainedError,
  ScreenShareCancelledError,
  ScreenShareUnavailableError,
} from './errors/device-errors.ts';
export { DeviceLostError } from './errors/device-lost-error.ts';
export {
  InvalidMessageError,
  MessageNotDecryptedError,
  MessagesMissedError,
  RecipientNotFoundError,
  RequestFailedError,
  UnsupportedByServerError,
} from './errors/message-errors.ts';
export {
  EntryDeniedError,
  EntryExpiredError,
  NotPermittedError,
  type Right,
} from './errors/moderation-errors.ts';
export { MuteNotAnnouncedError } from './errors/mute-not-announced-error.ts';
export { TrackEndedError } from './errors/track-ended-error.ts';
export { InsecureOriginError, UnsupportedBrowserError } from './errors/browser-errors.ts';
export {
  MediaConnectionError,
  NegotiationError,
  OnHoldError,
  PlaybackBlockedError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from './errors/media-errors.ts';
export {
  AbortedError,
  AlreadyJoinedError,
  ConferenceFullError,
  ConferenceLockedError,
  type ApiError,
  type ApiErrorCode,
  type CallOptions,
  ConnectionError,
  ForbiddenError,
  ForeignAnswerError,
  HttpError,
  InvalidOptionsError,
  InvalidRequestError,
  type LogFields,
  type LogLevel,
  type LogRecord,
  type LogSetting,
  type LogSink,
  NotFoundError,
  ParleyError,
  type RedeemedTicket,
  redeemTicket,
  RemovedError,
  ServerError,
  setLogLevel,
  setLogSink,
  type TicketOptions,
  ticketToken,
  TimeoutError,
  TokenError,
  type TokenClaims,
  type TokenSource,
  TooManyRequestsError,
  UnauthorizedError,
  UnexpectedError,
  WaitingRoomError,
} from '@parley-rtc/client';
export type {
  ConferenceMode,
  ConferenceState,
  ConferenceSummary,
  JsonObject,
  JsonValue,
  MetadataEntry,
  NetworkIndicator,
  Participant,
  ParticipantHealth,
  EntryDecision,
  PermissionChanges,
  Permissions as ParticipantPermissions,
  Stream,
  StreamSource,
  StreamType,
  UnknownEvent,
  VerifiedProfile,
  ViewedVideo,
} from '@parley-rtc/contract';
export { findParticipant, findStream } from '@parley-rtc/contract';
