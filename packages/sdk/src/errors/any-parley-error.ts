import type { ApiError } from '@parley-rtc/client';
import type {
  EndpointInUseError,
  EndpointLostError,
  ListenerError,
  NotJoinedError,
  UnreadableEventError,
} from './conference-errors.ts';
import type {
  DeviceBlockedByPolicyError,
  DeviceDeniedError,
  DeviceDismissedError,
  DeviceInUseError,
  DeviceNotFoundError,
  DeviceOverconstrainedError,
  ScreenShareCancelledError,
} from './device-errors.ts';
import type { DeviceLostError } from './device-lost-error.ts';
import type { InsecureOriginError, UnsupportedBrowserError } from './browser-errors.ts';
import type {
  MediaConnectionError,
  NegotiationError,
  OnHoldError,
  PlaybackBlockedError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from './media-errors.ts';
import type { MediaEncryptionError } from './media-encryption-error.ts';
import type { PartNotLoadedError } from './part-not-loaded-error.ts';
import type { AudioOutputError, NoFramesError, ViewClosedError } from './viewing-errors.ts';
import type { InvalidMetadataError } from './schema-errors.ts';

/** Every error that this package throws or announces; `switch (error.code)` narrows it. */
export type AnyParleyError =
  | ApiError
  | AudioOutputError
  | DeviceBlockedByPolicyError
  | DeviceDeniedError
  | DeviceDismissedError
  | DeviceInUseError
  | DeviceLostError
  | DeviceNotFoundError
  | DeviceOverconstrainedError
  | EndpointInUseError
  | EndpointLostError
  | InsecureOriginError
  | InvalidMetadataError
  | ListenerError
  | MediaConnectionError
  | MediaEncryptionError
  | NegotiationError
  | NoFramesError
  | NotJoinedError
  | OnHoldError
  | PartNotLoadedError
  | PlaybackBlockedError
  | ScreenShareCancelledError
  | StreamNotFoundError
  | StreamTypeMismatchError
  | UnreadableEventError
  | UnsupportedBrowserError
  | ViewClosedError;

/** The codes of all errors. */
export type ParleyErrorCode = AnyParleyError['code'];
