import type { ApiError } from '@parley-rtc/client';
import type { InsecureOriginError, UnsupportedBrowserError } from './browser-errors.ts';
import type {
  EndpointInUseError,
  EndpointLostError,
  ListenerError,
  NotJoinedError,
  UnreadableEventError,
} from './conference-errors.ts';
import type {
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
} from './device-errors.ts';
import type { DeviceLostError } from './device-lost-error.ts';
import type { MediaEncryptionError } from './media-encryption-error.ts';
import type {
  MediaConnectionError,
  NegotiationError,
  OnHoldError,
  PlaybackBlockedError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from './media-errors.ts';
import type {
  InvalidMessageError,
  MessageNotDecryptedError,
  MessagesMissedError,
  RecipientNotFoundError,
  RequestFailedError,
  UnsupportedByServerError,
} from './message-errors.ts';
import type { EntryDeniedError, EntryExpiredError, NotPermittedError } from './moderation-errors.ts';
import type { MuteNotAnnouncedError } from './mute-not-announced-error.ts';
import type { PartNotLoadedError } from './part-not-loaded-error.ts';
import type { InvalidMetadataError } from './schema-errors.ts';
import type { TrackEndedError } from './track-ended-error.ts';
import type { AudioOutputError, NoFramesError, ViewClosedError } from './viewing-errors.ts';

/** Every error that this package throws or announces; `switch (error.code)` narrows it. */
export type AnyParleyError =
  | ApiError
  | AudioOutputError
  | CaptureFailedError
  | ClickRequiredError
  | DeviceBlockedByPolicyError
  | DeviceDeniedError
  | DeviceDismissedError
  | DeviceInUseError
  | DeviceLostError
  | DeviceNotFoundError
  | DeviceOverconstrainedError
  | EndpointInUseError
  | EndpointLostError
  | EntryDeniedError
  | EntryExpiredError
  | InsecureOriginError
  | InvalidMessageError
  | InvalidMetadataError
  | ListenerError
  | MediaConnectionError
  | MediaEncryptionError
  | MessageNotDecryptedError
  | MessagesMissedError
  | MuteNotAnnouncedError
  | NegotiationError
  | NoFramesError
  | NotJoinedError
  | NotPermittedError
  | OnHoldError
  | PartNotLoadedError
  | PlaybackBlockedError
  | RecipientNotFoundError
  | RequestFailedError
  | ScreenShareCancelledError
  | ScreenShareUnavailableError
  | StreamNotFoundError
  | StreamTypeMismatchError
  | TrackEndedError
  | UnreadableEventError
  | UnsupportedBrowserError
  | UnsupportedByServerError
  | ViewClosedError;

/** The codes of all errors. */
export type ParleyErrorCode = AnyParleyError['code'];
