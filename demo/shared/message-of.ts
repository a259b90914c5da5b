import type { ProcessorAssetsError, ProcessorFailedError } from '@parley-rtc/processors';
import type { ParleyErrorCode } from '@parley-rtc/sdk';
import { UserError } from './user-error.ts';

type ProcessorErrorCode = (ProcessorAssetsError | ProcessorFailedError)['code'];

const reload = 'Reload the page, then try again.';
const rejoin = 'Leave the call, then rejoin it.';
const somethingWrong = 'Something went wrong.';

/** Texts for end users, in place of the SDK's texts for developers. `{device}` is the device that the error names. */
const messages: Readonly<Record<ParleyErrorCode | ProcessorErrorCode, string>> = {
  ERR_CONNECTION: 'Can’t reach the server. Check your network connection, then try again.',
  ERR_TIMEOUT: 'The server isn’t responding. Check your network connection, then try again.',
  ERR_ABORTED: 'Cancelled.',
  ERR_TOKEN: `You couldn’t be signed in. ${reload}`,
  ERR_UNAUTHORIZED: `Your sign-in is no longer valid. ${reload}`,
  ERR_FORBIDDEN: 'You aren’t allowed to do this in this call.',
  ERR_NOT_FOUND: 'This call no longer exists.',
  ERR_ALREADY_JOINED: `You are in this call already. ${reload}`,
  ERR_CONFERENCE_FULL: 'This call is full. Try again when someone leaves.',
  ERR_CONFERENCE_LOCKED: 'The host has locked this call. Ask the host to unlock it, then try again.',
  ERR_WAITING_ROOM: 'Wait until the host lets you in, then try again.',
  ERR_REMOVED: 'The host has removed you from this call.',
  ERR_ENTRY_DENIED: 'The host didn’t let you in.',
  ERR_ENTRY_EXPIRED: 'Nobody let you in. Try again when the host is there.',
  ERR_NOT_PERMITTED: 'The host doesn’t allow you to do this.',
  ERR_INVALID_REQUEST: `The server refused this. ${reload}`,
  ERR_TOO_MANY_REQUESTS: 'The server is busy. Wait a minute, then try again.',
  ERR_FOREIGN_ANSWER:
    'Something between you and the server answered, such as a login page. Check your network, then try again.',
  ERR_SERVER: 'The server has a problem. Wait a minute, then try again.',
  ERR_UNEXPECTED: `${somethingWrong} ${reload}`,
  ERR_INVALID_OPTIONS: `${somethingWrong} ${reload}`,
  ERR_NOT_JOINED: 'You aren’t in a call.',
  ERR_ENDPOINT_IN_USE: 'You are in this call in another tab. Continue there.',
  ERR_ENDPOINT_LOST: 'You were disconnected after a long silence. Rejoin the call.',
  ERR_LISTENER: `${somethingWrong} ${reload}`,
  ERR_UNREADABLE_EVENT: 'This page may not show everything that happens in the call.',
  ERR_INVALID_MESSAGE: `${somethingWrong} ${reload}`,
  ERR_RECIPIENT_NOT_FOUND: 'This person is no longer in the call.',
  ERR_MESSAGE_NOT_DECRYPTED: 'A message could not be read.',
  ERR_REQUEST_FAILED: 'The other person could not answer.',
  ERR_MESSAGES_MISSED: 'Some messages could not be delivered to you.',
  ERR_RECORDING_REFUSED: 'The server cannot record this call.',
  ERR_UNSUPPORTED_BY_SERVER: `${somethingWrong} ${reload}`,
  ERR_INVALID_METADATA: `${somethingWrong} ${reload}`,
  ERR_DEVICE_DENIED:
    'Access to the {device} was denied. Allow it in your browser’s settings for this site, then try again.',
  ERR_DEVICE_DISMISSED:
    'You closed your browser’s permission prompt. Press the button again and choose “Allow”.',
  ERR_DEVICE_BLOCKED_BY_POLICY: 'This page can’t use your {device} here. Open the call in its own tab.',
  ERR_DEVICE_NOT_FOUND: 'No {device} was found. Connect one, then try again.',
  ERR_DEVICE_IN_USE: 'The {device} can’t be opened. Close other programs that use it, then try again.',
  ERR_DEVICE_OVERCONSTRAINED: 'Your {device} doesn’t support these settings. Choose another one.',
  ERR_DEVICE_LOST: 'The {device} was disconnected. Connect it again, then turn it on.',
  ERR_CAPTURE_FAILED: 'Your {device} can’t be used right now. Try again, or choose another one.',
  ERR_CLICK_REQUIRED: 'Your browser needs a click first. Press the button again.',
  ERR_TRACK_ENDED: 'Your {device} was turned off elsewhere. Turn it on again.',
  ERR_MUTE_NOT_ANNOUNCED: 'You are muted, but others may not see it yet.',
  ERR_SCREEN_SHARE_CANCELLED: 'Nothing is being shared. Press the button again to choose a screen or window.',
  ERR_SCREEN_SHARE_UNAVAILABLE:
    'Your browser can’t record the screen. Allow it in your system’s settings, then try again.',
  ERR_INSECURE_ORIGIN:
    'Your browser allows camera and microphone only on secure pages. Open this page with an https address.',
  ERR_UNSUPPORTED_BROWSER: 'Your browser doesn’t support this. Update it, or try another browser.',
  ERR_STREAM_NOT_FOUND: 'This video has ended.',
  ERR_STREAM_TYPE_MISMATCH: `${somethingWrong} ${reload}`,
  ERR_ON_HOLD: 'The call is on hold. Share your screen after it resumes.',
  ERR_NEGOTIATION: 'Your browser and the server found no common video format. Try another browser.',
  ERR_MEDIA_CONNECTION: 'Audio and video aren’t getting through. Check your network, then leave and rejoin.',
  ERR_MEDIA_ENCRYPTION: `Encryption failed, so nothing is sent or played. ${rejoin}`,
  ERR_VIEW_CLOSED: 'This video has ended.',
  ERR_NO_FRAMES: 'A video isn’t getting through. It returns as soon as the connection allows.',
  ERR_PLAYBACK_BLOCKED: 'Your browser blocks playback. Click anywhere in the call to start it.',
  ERR_AUDIO_OUTPUT: 'Audio can’t be played through this speaker. Choose another one.',
  ERR_PART_NOT_LOADED: `Part of this page couldn’t be loaded. ${reload}`,
  ERR_PROCESSOR_ASSETS: 'Couldn’t load background blur. Check your network, then try again.',
  ERR_PROCESSOR_FAILED: 'Your browser can’t blur the background. Update it, or try another browser.',
};

/** The text to show for an error: never a text for developers. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { code = '', kind } = Object(error) as Readonly<Record<string, string | undefined>>;
  const message = Object.hasOwn(messages, code) ? messages[code as keyof typeof messages] : undefined;
  return message?.replace('{device}', kind ?? 'device') ?? `${somethingWrong} ${reload}`;
}

/** Whether an error has one of these codes. Compares codes because a page may contain the SDK's classes twice. */
export function hasCode(error: unknown, ...codes: readonly ParleyErrorCode[]): boolean {
  return (codes as readonly unknown[]).includes((error as { readonly code?: unknown }).code);
}
