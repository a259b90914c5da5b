import type { RtcApi } from '@parley-rtc/client';
import { conferenceFromWire, type ConferenceState, type JsonObject } from '@parley-rtc/contract';
import { keepAliveSeconds } from '../waiting/recovery-policy.ts';

export interface EnterAtOnceOptions {
  readonly api: Pick<RtcApi, 'enter' | 'unregisterUserEndpoint'>;
  readonly conferenceId: string;
  readonly metadata: JsonObject | undefined;
  /** Aborts when we no longer want to be inside. */
  readonly signal: AbortSignal;
}

/**
 * Registers, joins and reads the state in one round trip, with a Parley extension of the API. Resolves to undefined if that
 * failed, for whatever reason: the single steps may succeed, and otherwise say why not. Never rejects.
 *
 * The request is not aborted, because only its answer says whether there is something to withdraw.
 */
export async function enterAtOnce(
  userEndpointId: string,
  { api, conferenceId, metadata, signal }: EnterAtOnceOptions,
): Promise<ConferenceState | undefined> {
  const command = { conferenceId, userEndpointId, keepAliveSeconds, ...(metadata && { metadata }) };
  try {
    const { conference } = await api.enter(command);
    if (signal.aborted) {
      await api.unregisterUserEndpoint({ userEndpointId, reason: 'User logout' }, { keepalive: true });
    }
    return { ...conferenceFromWire(conference), id: conferenceId };
  } catch {
    return undefined;
  }
}
