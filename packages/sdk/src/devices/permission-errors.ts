import { describeCause, InvalidOptionsError, ParleyError } from '@parley-rtc/client';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import {
  CaptureFailedError,
  ClickRequiredError,
  DeviceBlockedByPolicyError,
  DeviceDeniedError,
  DeviceDismissedError,
  DeviceInUseError,
  DeviceNotFoundError,
  DeviceOverconstrainedError,
  ScreenShareCancelledError,
  ScreenShareUnavailableError,
  type CaptureKind,
} from '../errors/device-errors.ts';

/**
 * Our error class for each exception name of `getUserMedia`.
 *
 * @see https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
 */
const errorByName: Readonly<Record<string, new (kind: CaptureKind, options: ErrorOptions) => ParleyError>> = {
  NotAllowedError: DeviceDeniedError,
  SecurityError: DeviceDeniedError,
  NotFoundError: DeviceNotFoundError,
  OverconstrainedError: DeviceOverconstrainedError,
  NotReadableError: DeviceInUseError,
  AbortError: DeviceInUseError,
};

/** Exceptions of `getDisplayMedia` for a machine without a screen, or a system that does not let the browser record it. */
const noScreenNames: readonly string[] = ['NotFoundError', 'NotReadableError', 'AbortError'];

/** The policies that each kind needs. */
const policiesOf: Readonly<Record<CaptureKind, readonly string[]>> = {
  camera: ['camera'],
  microphone: ['microphone'],
  'camera and microphone': ['camera', 'microphone'],
  screen: ['display-capture'],
};

/** Returns the typed error for what capturing `kind` threw, whatever that is. */
export async function permissionError(kind: CaptureKind, cause: unknown): Promise<ParleyError> {
  if (cause instanceof ParleyError) return cause;
  const { name } = describeCause(cause);
  if (kind === 'screen' && isScreenMissing(name, cause)) return new ScreenShareUnavailableError({ cause });
  if (name === 'OverconstrainedError' && (await isMissing(kind))) {
    return new DeviceNotFoundError(kind, { cause });
  }
  const ErrorClass = Object.hasOwn(errorByName, name) ? errorByName[name] : undefined;
  if (!ErrorClass) return rareError(kind, name, cause);
  if (ErrorClass !== DeviceDeniedError) return new ErrorClass(kind, { cause });
  if (!policiesOf[kind].every(isAllowedByPolicy)) return new DeviceBlockedByPolicyError(kind, { cause });
  // For a screen, a cancelled dialog and a forbidden one look the same.
  if (kind === 'screen' && name === 'NotAllowedError') return new ScreenShareCancelledError({ cause });
  return new (isDismissed(cause) ? DeviceDismissedError : DeviceDeniedError)(kind, { cause });
}

/** Chromium reports what the system forbids like a cancelled dialog; only its text differs. */
function isScreenMissing(name: string, cause: unknown): boolean {
  return noScreenNames.includes(name) || (name === 'NotAllowedError' && /by system/i.test(String(cause)));
}

const inputsOf: Readonly<Record<CaptureKind, readonly MediaDeviceKind[]>> = {
  camera: ['videoinput'],
  microphone: ['audioinput'],
  'camera and microphone': ['videoinput', 'audioinput'],
  screen: [],
};

/** Whether there is no such device at all. WebKit then says that the device does not satisfy the constraints. */
async function isMissing(kind: CaptureKind): Promise<boolean> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return !inputsOf[kind].every((input) => devices.some((device) => device.kind === input));
  } catch {
    return false;
  }
}

function rareError(kind: CaptureKind, name: string, cause: unknown): ParleyError {
  if (name === 'TypeError') {
    return new InvalidOptionsError(
      `The browser does not accept the constraints for the ${kind}.`,
      'Fix the constraints; `cause` says what is wrong.',
      { cause },
    );
  }
  if (name === 'NotSupportedError') {
    return new UnsupportedBrowserError(kind === 'screen' ? 'getDisplayMedia' : 'getUserMedia', { cause });
  }
  // Without a click, Firefox throws InvalidStateError, and Safari InvalidAccessError.
  const isEarly = kind === 'screen' && (name === 'InvalidStateError' || name === 'InvalidAccessError');
  return isEarly ? new ClickRequiredError(kind, { cause }) : new CaptureFailedError(kind, { cause });
}

/** Only Chromium exposes the policy; in other browsers a policy looks like a refusal. */
function isAllowedByPolicy(feature: string): boolean {
  const { document } = globalThis as {
    readonly document?: { readonly featurePolicy?: { allowsFeature(feature: string): boolean } };
  };
  return document?.featurePolicy?.allowsFeature(feature) ?? true;
}

/**
 * Whether the user closed the prompt without answering. Only Chromium rejects then, and says so. In Firefox and Safari, a camera
 * that the user blocked for now has the permission `prompt` too, but the browser prompts again only after a reload.
 */
function isDismissed(cause: unknown): boolean {
  return /dismissed/i.test(String(cause));
}
