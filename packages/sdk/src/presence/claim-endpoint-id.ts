import { ParleyError, TimeoutError, withDeadline } from '@parley-rtc/client';
import { EndpointInUseError } from '../errors/conference-errors.ts';
import { endpointClaimTimeoutMs } from '../waiting/recovery-policy.ts';

/**
 * Keeps other tabs of this browser from using the same endpoint id, until the returned function is called or the page is
 * gone. Does nothing where the page has no Web Locks API or may not use it, as on insecure origins and in sandboxed frames:
 * the claim only makes a mistake visible earlier.
 *
 * @throws EndpointInUseError (`ERR_ENDPOINT_IN_USE`) when another tab has it.
 */
export async function claimEndpointId(endpointId: string, signal: AbortSignal): Promise<() => void> {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (!locks) return () => {};
  try {
    return await withDeadline(
      { operation: 'join', signals: [signal], timeoutMs: endpointClaimTimeoutMs },
      (deadline) => claim(locks, endpointId, deadline.signal),
    );
  } catch (error) {
    if (error instanceof TimeoutError) throw new EndpointInUseError(endpointId, { cause: error });
    if (error instanceof ParleyError) throw error;
    return () => {};
  }
}

async function claim(locks: LockManager, endpointId: string, signal: AbortSignal): Promise<() => void> {
  return new Promise<() => void>((resolve, reject) => {
    const hold = () => new Promise<void>((release) => resolve(release));
    locks.request(`parley endpoint ${endpointId}`, { signal }, hold).catch(reject);
  });
}
