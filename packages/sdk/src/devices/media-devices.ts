import { InsecureOriginError, UnsupportedBrowserError } from '../errors/browser-errors.ts';

/**
 * Returns the browser's API for cameras, microphones and screens.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export function mediaDevices(): MediaDevices {
  const devices: MediaDevices | undefined = globalThis.navigator?.mediaDevices;
  if (devices) return devices;
  throw globalThis.isSecureContext ? new UnsupportedBrowserError('mediaDevices') : new InsecureOriginError();
}
