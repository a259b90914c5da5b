import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ParleyErrorCode } from './any-parley-error.ts';

/** The compiler sees to it that none is missing. */
const codes: Readonly<Record<ParleyErrorCode, true>> = {
  ERR_ABORTED: true,
  ERR_ALREADY_JOINED: true,
  ERR_AUDIO_OUTPUT: true,
  ERR_CONFERENCE_FULL: true,
  ERR_CONNECTION: true,
  ERR_DEVICE_BLOCKED_BY_POLICY: true,
  ERR_DEVICE_DENIED: true,
  ERR_DEVICE_DISMISSED: true,
  ERR_DEVICE_IN_USE: true,
  ERR_DEVICE_LOST: true,
  ERR_DEVICE_NOT_FOUND: true,
  ERR_DEVICE_OVERCONSTRAINED: true,
  ERR_ENDPOINT_IN_USE: true,
  ERR_ENDPOINT_LOST: true,
  ERR_FORBIDDEN: true,
  ERR_INSECURE_ORIGIN: true,
  ERR_INVALID_METADATA: true,
  ERR_INVALID_OPTIONS: true,
  ERR_INVALID_REQUEST: true,
  ERR_LISTENER: true,
  ERR_MEDIA_CONNECTION: true,
  ERR_MEDIA_ENCRYPTION: true,
  ERR_NEGOTIATION: true,
  ERR_NOT_FOUND: true,
  ERR_NOT_JOINED: true,
  ERR_NO_FRAMES: true,
  ERR_ON_HOLD: true,
  ERR_PART_NOT_LOADED: true,
  ERR_PLAYBACK_BLOCKED: true,
  ERR_SCREEN_SHARE_CANCELLED: true,
  ERR_SERVER: true,
  ERR_STREAM_NOT_FOUND: true,
  ERR_STREAM_TYPE_MISMATCH: true,
  ERR_TIMEOUT: true,
  ERR_TOKEN: true,
  ERR_TOO_MANY_REQUESTS: true,
  ERR_UNAUTHORIZED: true,
  ERR_UNREADABLE_EVENT: true,
  ERR_UNSUPPORTED_BROWSER: true,
  ERR_VIEW_CLOSED: true,
};

test('the page about errors has a row for each code, and for no other', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(ERR_\w+)`/gm)].map(([, code]) => code);
  expect(new Set(rows)).toEqual(new Set(Object.keys(codes)));
  expect(rows).toHaveLength(Object.keys(codes).length);
});
