import { ParleyError } from '@parley-rtc/client';
import type { CaptureKind } from './device-errors.ts';

/** A device was unplugged or taken away in mid-call, and no other could take its place. The track is muted by then. */
export class DeviceLostError extends ParleyError {
  override readonly name = 'DeviceLostError';
  override readonly code = 'ERR_DEVICE_LOST';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  readonly streamId: string;
  constructor(kind: CaptureKind, streamId: string, options?: ErrorOptions) {
    super(`The ${kind} is gone.`, 'Let the user plug it in or allow it again, then unmute.', options);
    this.kind = kind;
    this.streamId = streamId;
  }
}
