import { ParleyError } from '@parley-rtc/client';

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
