export { Conference } from './conference/conference.ts';
export type { CreateOptions } from './conference/create-conference.ts';
export type { JoinOptions } from './conference/join-conference.ts';
export type { LeaveOptions } from './conference/session.ts';
export type { ActiveSpeaker, ConferenceEvents, ConferenceListener } from './conference/conference-events.ts';
export type { ConferenceSnapshot, ConferenceStore, ConnectionStatus } from './conference/conference-store.ts';
export {
  type RemoteStream,
  selectRemoteParticipants,
  selectRemoteStreams,
  selectSelf,
} from './conference/selectors.ts';
export type {
  DeviceSource,
  OwnMediaSource,
  PublishDetails,
  PublishOptions,
  PublishSource,
  ScreenSource,
} from './media/publish-options.ts';
export type { PublishedStream, TrackKind } from './media/published-stream.ts';
export type { ViewedStream, ViewOptions } from './media/viewed-stream.ts';
export type { QualityLevel, StreamQuality } from './quality/quality-of.ts';
export type { QualityCause, QualityCauseCode } from './quality/quality-causes.ts';
export { SpeakerDetector, type SpeakingStream } from './speakers/speaker-detector.ts';
export type { AnyParleyError, ParleyErrorCode } from './errors/any-parley-error.ts';
export {
  EndpointLostError,
  ListenerError,
  NotJoinedError,
  UnreadableEventError,
} from './errors/conference-errors.ts';
export {
  type CaptureKind,
  DeviceDeniedError,
  DeviceInUseError,
  DeviceNotFoundError,
  InsecureOriginError,
  ScreenShareCancelledError,
  UnsupportedBrowserError,
} from './errors/device-errors.ts';
export {
  MediaConnectionError,
  NegotiationError,
  PlaybackBlockedError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from './errors/media-errors.ts';
export {
  AbortedError,
  AlreadyJoinedError,
  type ApiError,
  type ApiErrorCode,
  type CallOptions,
  ConnectionError,
  ForbiddenError,
  HttpError,
  InvalidOptionsError,
  InvalidRequestError,
  NotFoundError,
  ParleyError,
  type RedeemedTicket,
  redeemTicket,
  ServerError,
  type TicketOptions,
  ticketToken,
  TimeoutError,
  TokenError,
  type TokenSource,
  TooManyRequestsError,
  UnauthorizedError,
} from '@parley-rtc/client';
export type {
  ConferenceMode,
  ConferenceNetworkIndicatorUpdatedEvent,
  ConferenceState,
  ConferenceSummary,
  JsonObject,
  JsonValue,
  MetadataEntry,
  NetworkIndicator,
  Participant,
  ParticipantHealth,
  Stream,
  StreamType,
  UnknownEvent,
} from '@parley-rtc/contract';
export { findParticipant, findStream } from '@parley-rtc/contract';
