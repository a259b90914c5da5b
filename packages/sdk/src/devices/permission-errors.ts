import {
  type CaptureKind,
  DeviceDeniedError,
  DeviceInUseError,
  DeviceNotFoundError,
  InsecureOriginError,
  ScreenShareCancelledError,
  UnsupportedBrowserError,
} from '../errors/device-errors.ts';

/** What the names of `getUserMedia`'s exceptions mean. @see https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const errorByName: Readonly<
  Record<
    string,
    new (
      kind: CaptureKind,
      options: ErrorOptions,
    ) => DeviceDeniedError | DeviceNotFoundError | DeviceInUseError
  >
> = {
  NotAllowedError: DeviceDeniedError,
  SecurityError: DeviceDeniedError,
  NotFoundError: DeviceNotFoundError,
  OverconstrainedError: DeviceNotFoundError,
  NotReadableError: DeviceInUseError,
  AbortError: DeviceInUseError,
};

/** The typed error for what capturing `kind` threw. What has no meaning here, such as a `TypeError`, comes back as it is. */
export function permissionError(kind: CaptureKind, cause: unknown): unknown {
  const name = cause instanceof Error ? cause.name : '';
  // A cancelled dialogue and a forbidden one look the same.
  if (kind === 'screen' && name === 'NotAllowedError') return new ScreenShareCancelledError({ cause });
  const ErrorClass = Object.hasOwn(errorByName, name) ? errorByName[name] : undefined;
  return ErrorClass ? new ErrorClass(kind, { cause }) : cause;
}

/**
 * The browser's door to cameras, microphones and screens.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export function mediaDevices(): MediaDevices {
  const devices: MediaDevices | undefined = globalThis.navigator?.mediaDevices;
  if (devices) return devices;
  throw globalThis.isSecureContext ? new UnsupportedBrowserError('mediaDevices') : new InsecureOriginError();
}
