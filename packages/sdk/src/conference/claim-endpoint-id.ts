import { TimeoutError, withDeadline } from '@parley-rtc/client';
import { EndpointInUseError } from '../errors/conference-errors.ts';

/** A page that is being reloaded lets go in a moment. */
const patienceMs = 1_000;

/**
 * Keeps other tabs of this browser from being the same endpoint, until the returned function is called or the page is
 * gone. Without the Web Locks API, as on insecure origins, nothing is known of other tabs.
 *
 * @throws EndpointInUseError (`ERR_ENDPOINT_IN_USE`) when another tab has it.
 */
export async function claimEndpointId(endpointId: string, signal: AbortSignal): Promise<() => void> {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (!locks) return () => {};
  try {
    return await withDeadline(
      { operation: 'join', signals: [signal], timeoutMs: patienceMs },
      ({ signal }) =>
        new Promise<() => void>((resolve, reject) => {
          const hold = () => new Promise<void>((release) => resolve(release));
          locks.request(`parley endpoint ${endpointId}`, { signal }, hold).catch(reject);
        }),
    );
  } catch (error) {
    throw error instanceof TimeoutError ? new EndpointInUseError(endpointId, { cause: error }) : error;
  }
}
