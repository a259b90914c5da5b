import {
  type CaptureKind,
  DeviceBlockedByPolicyError,
  DeviceDeniedError,
  DeviceDismissedError,
  DeviceInUseError,
  DeviceNotFoundError,
  DeviceOverconstrainedError,
  ScreenShareCancelledError,
} from '../errors/device-errors.ts';

/** What the names of `getUserMedia`'s exceptions mean. @see https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const errorByName: Readonly<Record<string, new (kind: CaptureKind, options: ErrorOptions) => Error>> = {
  NotAllowedError: DeviceDeniedError,
  SecurityError: DeviceDeniedError,
  NotFoundError: DeviceNotFoundError,
  OverconstrainedError: DeviceOverconstrainedError,
  NotReadableError: DeviceInUseError,
  AbortError: DeviceInUseError,
};

/** The browser's names for what may be asked, in permissions and in policies. */
const permissionsOf: Readonly<Record<CaptureKind, readonly string[]>> = {
  camera: ['camera'],
  microphone: ['microphone'],
  'camera and microphone': ['camera', 'microphone'],
  screen: ['display-capture'],
};

/** The typed error for what capturing `kind` threw. What has no meaning here, such as a `TypeError`, comes back as it is. */
export async function permissionError(kind: CaptureKind, cause: unknown): Promise<unknown> {
  const name = cause instanceof Error ? cause.name : '';
  const ErrorClass = Object.hasOwn(errorByName, name) ? errorByName[name] : undefined;
  if (!ErrorClass) return cause;
  if (ErrorClass !== DeviceDeniedError) return new ErrorClass(kind, { cause });
  if (!permissionsOf[kind].every(isAllowedByPolicy)) return new DeviceBlockedByPolicyError(kind, { cause });
  // For a screen, a cancelled dialogue and a forbidden one look the same.
  if (kind === 'screen' && name === 'NotAllowedError') return new ScreenShareCancelledError({ cause });
  return (await isDismissed(kind, cause))
    ? new DeviceDismissedError(kind, { cause })
    : new DeviceDeniedError(kind, { cause });
}

/** Only Chromium says; elsewhere a policy looks like a refusal. */
function isAllowedByPolicy(feature: string): boolean {
  const { document } = globalThis as {
    readonly document?: { readonly featurePolicy?: { allowsFeature(feature: string): boolean } };
  };
  return document?.featurePolicy?.allowsFeature(feature) ?? true;
}

/** A question that was closed without an answer: Chromium says so, and elsewhere it would still be asked again. */
async function isDismissed(kind: CaptureKind, cause: unknown): Promise<boolean> {
  if (/dismissed/i.test(String(cause))) return true;
  try {
    const states = await Promise.all(
      permissionsOf[kind].map(async (name) => {
        const { state } = await navigator.permissions.query({ name: name as PermissionName });
        return state;
      }),
    );
    return states.includes('prompt') && !states.includes('denied');
  } catch {
    // The browser keeps no list of permissions, or not of these.
    return false;
  }
}
