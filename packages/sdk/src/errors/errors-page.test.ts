import { readFileSync } from 'node:fs';
import {
  AbortedError,
  AlreadyJoinedError,
  ConferenceFullError,
  ConferenceLockedError,
  ConnectionError,
  ForbiddenError,
  ForeignAnswerError,
  InvalidOptionsError,
  InvalidRequestError,
  NotFoundError,
  RemovedError,
  ServerError,
  TimeoutError,
  TokenError,
  TooManyRequestsError,
  UnauthorizedError,
  UnexpectedError,
  WaitingRoomError,
  type ParleyError,
} from '@parley-rtc/client';
import { describe, expect, it } from 'vitest';
import type { ParleyErrorCode } from './any-parley-error.ts';
import { InsecureOriginError, UnsupportedBrowserError } from './browser-errors.ts';
import {
  EndpointInUseError,
  EndpointLostError,
  ListenerError,
  NotJoinedError,
  UnreadableEventError,
} from './conference-errors.ts';
import {
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
import { DeviceLostError } from './device-lost-error.ts';
import { MediaEncryptionError } from './media-encryption-error.ts';
import {
  MediaConnectionError,
  NegotiationError,
  OnHoldError,
  PlaybackBlockedError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from './media-errors.ts';
import {
  InvalidMessageError,
  MessageNotDecryptedError,
  MessagesMissedError,
  RecipientNotFoundError,
  RequestFailedError,
  UnsupportedByServerError,
} from './message-errors.ts';
import { EntryDeniedError, EntryExpiredError, NotPermittedError } from './moderation-errors.ts';
import { MuteNotAnnouncedError } from './mute-not-announced-error.ts';
import { PartNotLoadedError } from './part-not-loaded-error.ts';
import { RecordingRefusedError } from './recording-refused-error.ts';
import { InvalidMetadataError } from './schema-errors.ts';
import { TrackEndedError } from './track-ended-error.ts';
import { AudioOutputError, NoFramesError, ViewClosedError } from './viewing-errors.ts';

const failure = { operation: 'join', status: 400 };
/** These classes get their hint from the call that throws, so the page refers to the error itself. */
const ownHint = 'Follow `hint`.';

/** One error for each hint that a class can have. The compiler requires every code. */
const errors: Readonly<Record<ParleyErrorCode, readonly [ParleyError, ...ParleyError[]]>> = {
  ERR_ABORTED: [new AbortedError('join')],
  ERR_ALREADY_JOINED: [new AlreadyJoinedError(failure)],
  ERR_AUDIO_OUTPUT: [new AudioOutputError('d-1')],
  ERR_CAPTURE_FAILED: [new CaptureFailedError('camera')],
  ERR_CLICK_REQUIRED: [new ClickRequiredError('screen')],
  ERR_CONFERENCE_FULL: [new ConferenceFullError(failure)],
  ERR_CONFERENCE_LOCKED: [new ConferenceLockedError(failure)],
  ERR_CONNECTION: [new ConnectionError('join', 'https://rtc.example.com')],
  ERR_DEVICE_BLOCKED_BY_POLICY: [new DeviceBlockedByPolicyError('camera')],
  ERR_DEVICE_DENIED: [new DeviceDeniedError('camera')],
  ERR_DEVICE_DISMISSED: [new DeviceDismissedError('camera')],
  ERR_DEVICE_IN_USE: [new DeviceInUseError('camera')],
  ERR_DEVICE_LOST: [new DeviceLostError('camera', 's-1')],
  ERR_DEVICE_NOT_FOUND: [new DeviceNotFoundError('camera')],
  ERR_DEVICE_OVERCONSTRAINED: [new DeviceOverconstrainedError('camera')],
  ERR_ENDPOINT_IN_USE: [new EndpointInUseError('e-1')],
  ERR_ENDPOINT_LOST: [new EndpointLostError()],
  ERR_ENTRY_DENIED: [new EntryDeniedError('Not today.'), new EntryDeniedError(undefined)],
  ERR_ENTRY_EXPIRED: [new EntryExpiredError()],
  ERR_FORBIDDEN: [new ForbiddenError(failure)],
  ERR_FOREIGN_ANSWER: [new ForeignAnswerError(failure)],
  ERR_INSECURE_ORIGIN: [new InsecureOriginError()],
  ERR_INVALID_MESSAGE: [new InvalidMessageError('The payload is not JSON.')],
  ERR_INVALID_METADATA: [new InvalidMetadataError('stream metadata', [])],
  ERR_INVALID_OPTIONS: [new InvalidOptionsError('The option is wrong.', ownHint)],
  ERR_INVALID_REQUEST: [
    new InvalidRequestError(failure),
    new InvalidRequestError({ ...failure, operation: 'requestToken' }),
  ],
  ERR_LISTENER: [new ListenerError('stream-published', {})],
  ERR_MEDIA_CONNECTION: [new MediaConnectionError('s-1', 'publish'), new MediaConnectionError('s-1', 'view')],
  ERR_MEDIA_ENCRYPTION: [new MediaEncryptionError('Encryption failed.', ownHint)],
  ERR_MESSAGE_NOT_DECRYPTED: [new MessageNotDecryptedError('e-1', 'm-1')],
  ERR_MESSAGES_MISSED: [new MessagesMissedError()],
  ERR_MUTE_NOT_ANNOUNCED: [new MuteNotAnnouncedError('audio', 's-1')],
  ERR_NEGOTIATION: [new NegotiationError('The server did not answer the offer.')],
  ERR_NOT_FOUND: [new NotFoundError(failure)],
  ERR_NOT_JOINED: [new NotJoinedError()],
  ERR_NO_FRAMES: [new NoFramesError('s-1', 'v-1', true), new NoFramesError('s-1', 'v-1', false)],
  ERR_NOT_PERMITTED: [new NotPermittedError('publish', { streamId: 's-1' }), new NotPermittedError('send')],
  ERR_ON_HOLD: [new OnHoldError()],
  ERR_PART_NOT_LOADED: [new PartNotLoadedError('publishing')],
  ERR_PLAYBACK_BLOCKED: [new PlaybackBlockedError({} as HTMLMediaElement)],
  ERR_RECORDING_REFUSED: [
    new RecordingRefusedError('encrypted'),
    new RecordingRefusedError('not-configured'),
    new RecordingRefusedError('storage-full'),
  ],
  ERR_RECIPIENT_NOT_FOUND: [new RecipientNotFoundError()],
  ERR_REMOVED: [new RemovedError(failure)],
  ERR_REQUEST_FAILED: [new RequestFailedError('ping', true)],
  ERR_SCREEN_SHARE_CANCELLED: [new ScreenShareCancelledError()],
  ERR_SCREEN_SHARE_UNAVAILABLE: [new ScreenShareUnavailableError()],
  ERR_SERVER: [new ServerError(failure), new ServerError({ ...failure, serverError: 'overloaded' })],
  ERR_STREAM_NOT_FOUND: [new StreamNotFoundError('s-1')],
  ERR_STREAM_TYPE_MISMATCH: [new StreamTypeMismatchError('The stream has no video.', ownHint)],
  ERR_TIMEOUT: [new TimeoutError('join', 10_000)],
  ERR_TOKEN: [new TokenError('The function returned no token.')],
  ERR_TOO_MANY_REQUESTS: [
    new TooManyRequestsError({ ...failure, retryAfterMs: 30_000 }),
    new TooManyRequestsError(failure),
  ],
  ERR_TRACK_ENDED: [new TrackEndedError('video')],
  ERR_UNAUTHORIZED: [
    new UnauthorizedError(failure),
    new UnauthorizedError({ ...failure, isTokenOpaque: true }),
    new UnauthorizedError({ ...failure, operation: 'requestToken' }),
  ],
  ERR_UNEXPECTED: [new UnexpectedError('join', {})],
  ERR_UNREADABLE_EVENT: [new UnreadableEventError({})],
  ERR_UNSUPPORTED_BROWSER: [new UnsupportedBrowserError('RTCPeerConnection')],
  ERR_UNSUPPORTED_BY_SERVER: [new UnsupportedByServerError('messages')],
  ERR_VIEW_CLOSED: [new ViewClosedError('s-1')],
  ERR_WAITING_ROOM: [new WaitingRoomError(failure)],
};

interface Section {
  readonly code: string;
  readonly className: string;
  readonly isRetryable: string;
  /** What to do: one hint, or a list of all that the error can have. */
  readonly hints: readonly string[];
}

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const sections = page
  .split(/^##+ /m)
  // Those of processors are not the SDK's.
  .filter((section) => section.startsWith('`ERR_') && !section.startsWith('`ERR_PROCESSOR_'))
  .map(sectionOf);

function sectionOf(section: string): Section {
  const [code = '', kind = '', ...rest] = section.split('\n\n').map(plainText);
  const [className = '', isRetryable = ''] = kind.split(', retryable: ');
  const place = rest.findIndex((paragraph) => paragraph.startsWith('**What to do'));
  const one = rest[place]?.split('**What to do:** ')[1];
  const list = rest[place + 1] ?? '';
  return { code, className, isRetryable, hints: one === undefined ? itemsOf(list) : [one] };
}

function itemsOf(list: string): readonly string[] {
  return list
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim());
}

/** Markdown without code marks and links. */
function plainText(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}

/** The hint as the page writes it: with the name of a field in place of its value. */
function hintOf(error: ParleyError): string {
  const hint = plainText(error.hint);
  return error instanceof TooManyRequestsError
    ? hint.replace(String(error.retryAfterMs), 'retryAfterMs')
    : hint;
}

function retryOf(error: ParleyError): string {
  if (error instanceof TokenError) return 'as its cause';
  return error.retryable ? 'yes' : 'no';
}

it('docs/errors.md has exactly one section for each code', () => {
  expect(sections.map(({ code }) => code).toSorted()).toEqual(Object.keys(errors).toSorted());
});

describe.each(Object.entries(errors))('the section on %s', (code, samples) => {
  const [error] = samples;
  const section = sections.find((candidate) => candidate.code === code);

  it('names the class and whether to retry', () => {
    expect(error.code).toBe(code);
    expect(section).toMatchObject({ className: error.name, isRetryable: retryOf(error) });
  });

  it("repeats the error's hint, or lists all its hints", () => {
    expect(section?.hints).toEqual([...new Set(samples.map(hintOf))]);
  });
});
