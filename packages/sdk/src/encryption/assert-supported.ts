import { UnsupportedBrowserError } from '../errors/browser-errors.ts';

/**
 * Checks for every browser API that encryption needs, because without one media would be sent in the clear.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) that names what is missing.
 */
export function assertSupported(): void {
  const needed: Readonly<Record<string, () => boolean>> = {
    RTCRtpScriptTransform: () =>
      typeof RTCRtpScriptTransform === 'function' &&
      'transform' in RTCRtpSender.prototype &&
      'transform' in RTCRtpReceiver.prototype,
    setCodecPreferences: () => 'setCodecPreferences' in RTCRtpTransceiver.prototype,
    'crypto.subtle': () => globalThis.crypto?.subtle !== undefined,
    Worker: () => typeof Worker === 'function',
  };
  for (const [name, isThere] of Object.entries(needed)) {
    if (!isThere()) throw new UnsupportedBrowserError(name);
  }
}
