import type { ParleyErrorCode } from '@parley-rtc/sdk';

/** Where the SDK's own text is for developers, this one is for people in a call. */
const messages: Partial<Record<ParleyErrorCode, string>> = {
  ERR_CONNECTION: 'The server cannot be reached. Check your network connection, then try again.',
  ERR_TIMEOUT: 'The server does not answer. Check your network connection, then try again.',
  ERR_DEVICE_DISMISSED:
    'The browser’s question was closed without an answer. Press the button again and choose “Allow”.',
  ERR_DEVICE_BLOCKED_BY_POLICY:
    'The page around this call does not let it use your devices. Open the call in a tab of its own.',
  ERR_DEVICE_OVERCONSTRAINED: 'Your device cannot do what was asked of it. Choose another one.',
  ERR_INSECURE_ORIGIN:
    'Browsers give the camera and microphone to safe pages only. Open this page over https or on localhost.',
  ERR_UNSUPPORTED_BROWSER: 'This browser cannot do that. Update it, or open this page in another one.',
  ERR_SCREEN_SHARE_CANCELLED: 'Nothing is shared. Press the button again to choose a screen or a window.',
  ERR_MEDIA_CONNECTION:
    'Sound and picture do not get through. Check your network, then leave and join again.',
  ERR_CONFERENCE_FULL: 'This call is full. Try again when somebody has left.',
  ERR_ENDPOINT_LOST: 'The server has let you go after a long silence. Join again.',
};

/** What to show of something that failed. What is not in the table keeps its own text. */
export function messageOf(error: unknown): string {
  const { code = '' } = error as { readonly code?: string };
  if (Object.hasOwn(messages, code)) return messages[code as ParleyErrorCode] ?? '';
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error has one of these codes. By code, because a page may hold the SDK's classes twice. */
export function hasCode(error: unknown, ...codes: readonly ParleyErrorCode[]): boolean {
  return (codes as readonly unknown[]).includes((error as { readonly code?: unknown }).code);
}
