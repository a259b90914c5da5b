import {
  atBoundary,
  createCallApi,
  withDeadline,
  type CallApi,
  type LogSetting,
  type TokenSource,
} from '@parley-rtc/client';
import { decodeEvent, type ConferenceState } from '@parley-rtc/contract';
import { readConference } from './enter-conference.ts';

export interface PeekOptions {
  /** URL of the server, as for `Conference.join`. */
  readonly server: string;
  /** The conference to look at. */
  readonly conferenceId: string;
  /** The bearer token, or a function that fetches one. */
  readonly token: TokenSource;
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** How long it may take, in milliseconds. Default 10_000; `Infinity`: no limit. */
  readonly timeoutMs?: number;
  /** As for `Conference.join`. */
  readonly log?: LogSetting;
}

const defaultTimeoutMs = 10_000;
/** How long to ask for the last event, which there is: a server that does not know it would wait for the next one. */
const lastEventTimeoutMs = 2_000;

/**
 * Reads a conference without joining it, for example to show in a lobby who is inside. `ended` is set for a conference that has ended
 * and that the server still knows.
 *
 * @throws ForbiddenError (`ERR_FORBIDDEN`) if we may not read it, as from a waiting room; NotFoundError (`ERR_NOT_FOUND`) if there
 * is no such conference. @see `GET /rtc-api/conferences/{id}`
 */
export function peekConference(options: PeekOptions): Promise<ConferenceState> {
  return atBoundary('peekConference', () => {
    const { server, conferenceId, token, signal, timeoutMs = defaultTimeoutMs, log } = options;
    const api = createCallApi({ server, token, log });
    const deadline = { operation: 'peekConference', signals: [signal], timeoutMs };
    return withDeadline(deadline, async ({ signal }) => {
      const state = await readConference(api, conferenceId, signal);
      // What has participants has not ended, and what has no events has not begun.
      const mayHaveEnded = state.participants.length === 0 && state.version > 0;
      return mayHaveEnded ? await withEnding(api, state, signal) : state;
    });
  });
}

/** A snapshot does not say whether a conference has ended, but its last event does. */
async function withEnding(
  api: Pick<CallApi, 'getEvents'>,
  state: ConferenceState,
  signal: AbortSignal,
): Promise<ConferenceState> {
  try {
    const options = { signal, timeoutMs: lastEventTimeoutMs };
    const last = (await api.getEvents(state.id, state.version - 1, options)).map(decodeEvent).at(-1);
    if (last?.type !== 'ConferenceEndedEvent') return state;
    return { ...state, ended: { reason: last.reason, at: last.timestamp } };
  } catch (error) {
    if (signal.aborted) throw error;
    return state;
  }
}
