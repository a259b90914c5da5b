import type { IceServer } from '@parley-rtc/contract';
import type { Handlers } from './operations.ts';

/** The ICE servers that the operator configured. */
export function iceHandlers(iceServers: readonly IceServer[]): Handlers<'getIceServers'> {
  return { getIceServers: () => ({ iceServers: [...iceServers] }) };
}
