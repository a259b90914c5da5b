import type { JsonObject } from '@parley-rtc/contract';
import type { TokenSource } from '../errors/parley-error.ts';
import type { Session } from './session.ts';

export interface JoinOptions {
  /** Where the server is: the API lives under `${server}/rtc-api`. */
  readonly server: string;
  readonly conferenceId: string;
  /** The bearer token, or a function that fetches one; it is called again before expiry and after a 401. */
  readonly token: TokenSource;
  /** Who we are, for the others: any JSON. */
  readonly metadata?: JsonObject;
  /** Wished id of our endpoint. Default: a new one for each join. */
  readonly endpointId?: string;
  /** Gives up; nothing stays behind. Has no effect once joined. */
  readonly signal?: AbortSignal;
  /** How long joining may take as a whole, in milliseconds. Default 15_000. */
  readonly timeoutMs?: number;
  /** STUN and TURN servers. Default: those that the server names. */
  readonly iceServers?: readonly RTCIceServer[];
}

export function joinConference(options: JoinOptions): Promise<Session> {
  return Promise.reject(new Error(options.server));
}
