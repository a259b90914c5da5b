import { ParleyError } from '@parley-rtc/client';

/** What the app asked for when a device failed. */
export type CaptureKind = 'camera' | 'microphone' | 'camera and microphone' | 'screen';

/** The user, the browser or a policy of the page refused the device. */
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

/** No device fits: none is plugged in, or none meets the constraints. */
export class DeviceNotFoundError extends ParleyError {
  override readonly name = 'DeviceNotFoundError';
  override readonly code = 'ERR_DEVICE_NOT_FOUND';
  readonly kind: CaptureKind;
  constructor(kind: CaptureKind, options?: ErrorOptions) {
    super(`No ${kind} fits.`, 'Plug one in, or ask with looser constraints.', options);
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

/** Browsers give devices to secure pages only. */
export class InsecureOriginError extends ParleyError {
  override readonly name = 'InsecureOriginError';
  override readonly code = 'ERR_INSECURE_ORIGIN';
  constructor() {
    super('This page is not secure, so it may not use devices.', 'Serve it over https or from localhost.');
  }
}

/** The browser lacks something that a call needs. */
export class UnsupportedBrowserError extends ParleyError {
  override readonly name = 'UnsupportedBrowserError';
  override readonly code = 'ERR_UNSUPPORTED_BROWSER';
  /** What is missing, such as `RTCPeerConnection`. */
  readonly missing: string;
  constructor(missing: string) {
    super(`This browser has no ${missing}.`, 'Ask for a current browser.');
    this.missing = missing;
  }
}
