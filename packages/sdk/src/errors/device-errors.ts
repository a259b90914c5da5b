import { ParleyError } from '@parley-rtc/client';

/** The device, or devices, that the app requested. */
export type CaptureKind = 'camera' | 'microphone' | 'camera and microphone' | 'screen';

/** The user, the browser or the system denied access; the browser does not prompt again. */
export class DeviceDeniedError extends ParleyError {
  override readonly name = 'DeviceDeniedError';
  override readonly code = 'ERR_DEVICE_DENIED';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `Access to the ${kind} was denied.`,
      "Allow it in the browser's settings for this site, and in the system's, then try again.",
      options,
    );
    this.kind = kind;
  }
}

/** The user closed the browser's permission prompt without choosing. */
export class DeviceDismissedError extends ParleyError {
  override readonly name = 'DeviceDismissedError';
  override readonly code = 'ERR_DEVICE_DISMISSED';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `The permission prompt for the ${kind} was dismissed.`,
      'Explain why you need access, then try again.',
      options,
    );
    this.kind = kind;
  }
}

/** The page may not use the device, because of its `Permissions-Policy` or its frame's `allow` attribute. */
export class DeviceBlockedByPolicyError extends ParleyError {
  override readonly name = 'DeviceBlockedByPolicyError';
  override readonly code = 'ERR_DEVICE_BLOCKED_BY_POLICY';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `A permissions policy blocks the ${kind} on this page.`,
      "Allow it in the Permissions-Policy header and in the frame's `allow` attribute.",
      options,
    );
    this.kind = kind;
  }
}

/** No connected device satisfies the constraints. */
export class DeviceOverconstrainedError extends ParleyError {
  override readonly name = 'DeviceOverconstrainedError';
  override readonly code = 'ERR_DEVICE_OVERCONSTRAINED';
  readonly kind: CaptureKind;
  /** The constraint that no device satisfies, such as `deviceId`; empty if the browser does not say. */
  readonly constraint: string;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    const constraint = (options?.cause as { readonly constraint?: string } | undefined)?.constraint ?? '';
    super(
      `No ${kind} satisfies the constraint${constraint && ` ${constraint}`}.`,
      'Use `ideal` instead of `exact`.',
      options,
    );
    this.kind = kind;
    this.constraint = constraint;
  }
}

/** No such device is connected. */
export class DeviceNotFoundError extends ParleyError {
  override readonly name = 'DeviceNotFoundError';
  override readonly code = 'ERR_DEVICE_NOT_FOUND';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`No ${kind} was found.`, 'Connect one, then try again.', options);
    this.kind = kind;
  }
}

/** The device cannot be opened, usually because another program uses it. */
export class DeviceInUseError extends ParleyError {
  override readonly name = 'DeviceInUseError';
  override readonly code = 'ERR_DEVICE_IN_USE';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`The ${kind} could not be opened.`, 'Close other programs that use it, then try again.', options);
    this.kind = kind;
  }
}

/** The browser captures this only right after the user acted. Browsers name this differently. */
export class ClickRequiredError extends ParleyError {
  override readonly name = 'ClickRequiredError';
  override readonly code = 'ERR_CLICK_REQUIRED';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(
      `The browser captures the ${kind} only after the user acts.`,
      'Call this in a click handler, before any other `await`.',
      options,
    );
    this.kind = kind;
  }
}

/** The browser could not capture for a reason that has no class of its own; `cause` is the browser's exception. */
export class CaptureFailedError extends ParleyError {
  override readonly name = 'CaptureFailedError';
  override readonly code = 'ERR_CAPTURE_FAILED';
  override readonly retryable = true;
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`The browser could not capture the ${kind}.`, 'See `cause`, then try again.', options);
    this.kind = kind;
  }
}

/** The browser finds no screen or window that it may record: there is none, or the system does not let it. */
export class ScreenShareUnavailableError extends ParleyError {
  override readonly name = 'ScreenShareUnavailableError';
  override readonly code = 'ERR_SCREEN_SHARE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super(
      'The browser finds no screen or window to share.',
      "Allow the browser to record the screen in the system's settings, then try again.",
      options,
    );
  }
}

/** The user closed the browser's screen picker, or may not share a screen. */
export class ScreenShareCancelledError extends ParleyError {
  override readonly name = 'ScreenShareCancelledError';
  override readonly code = 'ERR_SCREEN_SHARE_CANCELLED';
  constructor(options?: ErrorOptions) {
    super('Screen sharing was cancelled.', 'Let the user try again.', options);
  }
}
