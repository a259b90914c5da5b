import { ParleyError } from '@parley-rtc/client';
import type { CaptureKind } from './device-errors.ts';

// In its own file so that publishing does not load the other device errors.

/** A device was unplugged or revoked during the call, and no other could replace it. Its track is now muted. */
export class DeviceLostError extends ParleyError {
  override readonly name = 'DeviceLostError';
  override readonly code = 'ERR_DEVICE_LOST';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  readonly streamId: string;
  constructor(kind: CaptureKind, streamId: string, options?: ErrorOptions) {
    super(`The ${kind} was lost and is muted.`, 'Connect it or allow it again, then unmute.', options);
    this.kind = kind;
    this.streamId = streamId;
  }
}
