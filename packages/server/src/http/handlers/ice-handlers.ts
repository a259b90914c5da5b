import type { IceServer } from '@parley-rtc/contract';
import type { Clock } from '../../clock.ts';
import type { Handlers } from '../operations.ts';
import { turnServer, type TurnConfig } from './turn-credentials.ts';

/** The ICE servers that the operator configured, and the TURN server with credentials for the caller. */
export function iceHandlers(
  iceServers: readonly IceServer[],
  turn: TurnConfig | undefined,
  clock: Clock,
): Handlers<'getIceServers'> {
  return {
    getIceServers: ({ actor }) => ({
      iceServers: [...iceServers, ...(turn ? [turnServer(turn, actor.userId, clock.now())] : [])],
    }),
  };
}
