import { AlreadyJoinedError, HttpError, NotFoundError, type RtcApi } from '@parley-rtc/client';
import {
  conferenceFromSimpleView,
  conferenceFromWire,
  type ConferenceState,
  type JsonObject,
} from '@parley-rtc/contract';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';

/** An endpoint that is in the conference, and the state that it found there. */
export interface Entered {
  readonly endpoint: UserEndpoint;
  readonly conference: ConferenceState;
}

export interface EnterOptions {
  readonly api: Pick<RtcApi, 'join' | 'getConference' | 'getSimpleView'>;
  readonly conferenceId: string;
  readonly metadata: JsonObject | undefined;
  readonly register: (wishedId: string | undefined, signal: AbortSignal) => Promise<UserEndpoint>;
  readonly wishedId: string | undefined;
  readonly signal: AbortSignal;
  /** Called before we enter, and once more if we have to register again. */
  readonly onRegistered?: (endpoint: UserEndpoint) => void;
  readonly onEntered?: () => void;
}

/**
 * Registers an endpoint, enters with it and reads the state. An endpoint of a wished id may be shared: whoever gives it
 * up just after we have registered takes it away from us too, so we try once more then. When it fails, the endpoint is
 * stopped, but the server is not told.
 */
export async function enterConference(options: EnterOptions): Promise<Entered> {
  try {
    return await enterOnce(options);
  } catch (error) {
    if (options.wishedId === undefined || !(error instanceof NotFoundError)) throw error;
    return enterOnce(options);
  }
}

async function enterOnce(options: EnterOptions): Promise<Entered> {
  const { api, conferenceId, register, wishedId, signal, onRegistered, onEntered } = options;
  const endpoint = await register(wishedId, signal);
  onRegistered?.(endpoint);
  try {
    await join(endpoint.id, options);
    onEntered?.();
    const conference = await readConference(api, conferenceId, signal);
    return { endpoint, conference: { ...conference, id: conferenceId } };
  } catch (error) {
    endpoint.stop();
    throw error;
  }
}

async function join(
  userEndpointId: string,
  { api, conferenceId, metadata, signal }: EnterOptions,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await api.join({ conferenceId, userEndpointId, ...(metadata && { metadata }) }, { signal });
  } catch (error) {
    // 422: this endpoint is inside already, so an earlier try has worked (decision 14).
    if (!(error instanceof AlreadyJoinedError)) throw error;
  }
}

/** The full state, or the simple one from a server that does not give the full one to everybody. */
export async function readConference(
  api: Pick<RtcApi, 'getConference' | 'getSimpleView'>,
  conferenceId: string,
  signal: AbortSignal,
): Promise<ConferenceState> {
  try {
    return conferenceFromWire(await api.getConference(conferenceId, { signal }));
  } catch (error) {
    if (!(error instanceof HttpError) || error.retryable) throw error;
    return conferenceFromSimpleView(await api.getSimpleView(conferenceId, { signal }));
  }
}
