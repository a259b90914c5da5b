import { ParleyError } from '@parley-rtc/client';

/** What the app asked for when a device failed. */
export type CaptureKind = 'camera' | 'microphone' | 'camera and microphone' | 'screen';

/** The user or the browser refused the device; it will not be asked for again. */
export class DeviceDeniedError extends ParleyError {
  override readonly name = 'DeviceDeniedError';
  override readonly code = 'ERR_DEVICE_DENIED';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `Access to the ${kind} was refused.`,
      'Allow it in the settings that the browser has for this site, then try again.',
      options,
    );
    this.kind = kind;
  }
}

/** The user closed the browser's question without an answer. */
export class DeviceDismissedError extends ParleyError {
  override readonly name = 'DeviceDismissedError';
  override readonly code = 'ERR_DEVICE_DISMISSED';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`The question for the ${kind} was closed.`, 'Say why you ask, then try again.', options);
    this.kind = kind;
  }
}

/** The page itself may not use the device: its `Permissions-Policy`, or the `allow` of the frame that it is in. */
export class DeviceBlockedByPolicyError extends ParleyError {
  override readonly name = 'DeviceBlockedByPolicyError';
  override readonly code = 'ERR_DEVICE_BLOCKED_BY_POLICY';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `This page may not use the ${kind}.`,
      'Allow it in the header Permissions-Policy and in the attribute `allow` of the frame.',
      options,
    );
    this.kind = kind;
  }
}

/** There are devices, but none that meets the constraints. */
export class DeviceOverconstrainedError extends ParleyError {
  override readonly name = 'DeviceOverconstrainedError';
  override readonly code = 'ERR_DEVICE_OVERCONSTRAINED';
  readonly kind: CaptureKind;
  /** Which constraint no device meets, such as `deviceId`; empty where the browser does not say. */
  readonly constraint: string;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    const constraint = (options?.cause as { readonly constraint?: string } | undefined)?.constraint ?? '';
    super(
      `No ${kind} meets the constraint ${constraint || 'asked for'}.`,
      'Use `ideal` instead of `exact`.',
      options,
    );
    this.kind = kind;
    this.constraint = constraint;
  }
}

/** No such device is plugged in. */
export class DeviceNotFoundError extends ParleyError {
  override readonly name = 'DeviceNotFoundError';
  override readonly code = 'ERR_DEVICE_NOT_FOUND';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`There is no ${kind}.`, 'Plug one in.', options);
    this.kind = kind;
  }
}

/** The device is there but cannot be opened, mostly because another program holds it. */
export class DeviceInUseError extends ParleyError {
  override readonly name = 'DeviceInUseError';
  override readonly code = 'ERR_DEVICE_IN_USE';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`The ${kind} cannot be opened.`, 'Close other programs that use it, then try again.', options);
    this.kind = kind;
  }
}

/** The user closed the browser's dialogue for sharing a screen, or may not share one. */
export class ScreenShareCancelledError extends ParleyError {
  override readonly name = 'ScreenShareCancelledError';
  override readonly code = 'ERR_SCREEN_SHARE_CANCELLED';
  constructor(options?: ErrorOptions) {
    super('Nothing was chosen to share.', 'Offer the button again.', options);
  }
}
