import { ParleyError } from '@parley-rtc/client';

/** The page is not secure, and browsers offer devices only to secure pages. */
export class InsecureOriginError extends ParleyError {
  override readonly name = 'InsecureOriginError';
  override readonly code = 'ERR_INSECURE_ORIGIN';
  constructor() {
    super('This page is not secure, so it may not use devices.', 'Serve it over https or from localhost.');
  }
}

/** The browser lacks an API that the call needs. */
export class UnsupportedBrowserError extends ParleyError {
  override readonly name = 'UnsupportedBrowserError';
  override readonly code = 'ERR_UNSUPPORTED_BROWSER';
  /** Name of the missing API, such as `RTCPeerConnection`. */
  readonly missing: string;
  constructor(missing: string, options?: ErrorOptions) {
    super(
      `This browser lacks ${missing}.`,
      'Ask the user to update the browser or use another one.',
      options,
    );
    this.missing = missing;
  }
}
