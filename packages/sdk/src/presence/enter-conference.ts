import { AlreadyJoinedError, NotFoundError, type RtcApi } from '@parley-rtc/client';
import {
  conferenceFromSimpleView,
  conferenceFromWire,
  type ConferenceState,
  type JsonObject,
} from '@parley-rtc/contract';
import { newId } from '../new-id.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { enterAtOnce, type EnterAtOnceOptions } from './enter-at-once.ts';

/** An endpoint that is in the conference, and the state that it found there. */
export interface Entered {
  readonly endpoint: UserEndpoint;
  readonly conference: ConferenceState;
}

export interface EnterOptions {
  readonly api: EnterAtOnceOptions['api'] &
    Pick<RtcApi, 'join' | 'updateParticipantMetadata' | 'getConference' | 'getSimpleView'>;
  readonly conferenceId: string;
  readonly metadata: JsonObject | undefined;
  /** Whether `metadata` also replaces what an earlier page with our id left behind. Not on rejoining: ours may be older. */
  readonly replacesMetadata?: boolean;
  /** Registers an endpoint. Calls `onClaimed` when the preferred id may be used, right before it is registered. */
  readonly register: (
    preferredId: string,
    signal: AbortSignal,
    onClaimed: (id: string) => void,
  ) => Promise<UserEndpoint>;
  readonly preferredId: string | undefined;
  readonly signal: AbortSignal;
  /** Called before we enter, and once more if we have to register again. */
  readonly onRegistered?: (endpoint: UserEndpoint) => void;
  readonly onEntered?: () => void;
}

/**
 * Registers an endpoint, enters with it and reads the state. Retries once if the server does not know the endpoint: another
 * client that shares a preferred id may unregister it just after we registered, or registration seemed to be missing and is
 * not. On failure it stops the endpoint without telling the server.
 */
export async function enterConference(options: EnterOptions): Promise<Entered> {
  let endpoint: UserEndpoint | undefined;
  const onRegistered = (registered: UserEndpoint) => {
    endpoint = registered;
    options.onRegistered?.(registered);
  };
  try {
    return await enterOnce({ ...options, onRegistered });
  } catch (error) {
    const mayBeUnknown = options.preferredId !== undefined || endpoint?.isRegistered === false;
    if (!mayBeUnknown || !(error instanceof NotFoundError)) throw error;
    return enterOnce(options);
  }
}

/**
 * Asks to enter at once while it registers, so that a server that cannot do that costs no time. Not on rejoining, when our
 * metadata may be older than the server's.
 */
async function enterOnce(options: EnterOptions): Promise<Entered> {
  const { api, conferenceId, register, preferredId = newId(), signal } = options;
  const { replacesMetadata, onRegistered, onEntered } = options;
  let entering: Promise<ConferenceState | undefined> | undefined;
  const unwanted = new AbortController();
  const onClaimed = (id: string) => {
    if (!replacesMetadata) return;
    entering = enterAtOnce(id, { ...options, signal: AbortSignal.any([signal, unwanted.signal]) });
  };
  const endpoint = await register(preferredId, signal, onClaimed).catch((error: unknown) => {
    unwanted.abort();
    throw error;
  });
  onRegistered?.(endpoint);
  try {
    const found = endpoint.id === preferredId ? await entering : undefined;
    signal.throwIfAborted();
    if (!found) await join(endpoint.id, options);
    onEntered?.();
    if (found) return { endpoint, conference: found };
    const conference = await readConference(api, conferenceId, signal);
    return { endpoint, conference };
  } catch (error) {
    endpoint.stop();
    throw error;
  }
}

async function join(
  userEndpointId: string,
  { api, conferenceId, metadata, replacesMetadata, signal }: EnterOptions,
): Promise<void> {
  signal.throwIfAborted();
  const own = { conferenceId, userEndpointId };
  try {
    await api.join({ ...own, ...(metadata && { metadata }) }, { signal });
  } catch (error) {
    // 422: this endpoint has already joined: by a try whose answer was lost, or by a page before us (decision 14).
    if (!(error instanceof AlreadyJoinedError)) throw error;
    if (metadata && replacesMetadata) {
      await api.updateParticipantMetadata({ ...own, newMetadata: metadata }, { signal });
    }
  }
}

/** Reads the full state, or the simple view when the server refuses the full state. Servers may leave the id out. */
export async function readConference(
  api: Pick<RtcApi, 'getConference' | 'getSimpleView'>,
  conferenceId: string,
  signal: AbortSignal,
): Promise<ConferenceState> {
  const read = async () => {
    try {
      return conferenceFromWire(await api.getConference(conferenceId, { signal }));
    } catch (error) {
      if (!isRefused(error)) throw error;
      return conferenceFromSimpleView(await api.getSimpleView(conferenceId, { signal }));
    }
  };
  return { ...(await read()), id: conferenceId };
}
