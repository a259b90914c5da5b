import {
  atBoundary,
  createRtcApi,
  withDeadline,
  type LogSetting,
  type TokenSource,
} from '@parley-rtc/client';
import type { ConferenceState } from '@parley-rtc/contract';
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

/**
 * Reads a conference without joining it, for example to show in a lobby who is inside.
 *
 * @throws ForbiddenError (`ERR_FORBIDDEN`) if we may not read it, as from a waiting room; NotFoundError (`ERR_NOT_FOUND`) if there
 * is no such conference. @see `GET /rtc-api/conferences/{id}`
 */
export function peekConference(options: PeekOptions): Promise<ConferenceState> {
  return atBoundary('peekConference', () => {
    const { server, conferenceId, token, signal, timeoutMs = defaultTimeoutMs, log } = options;
    const api = createRtcApi({ server, token, log });
    const deadline = { operation: 'peekConference', signals: [signal], timeoutMs };
    return withDeadline(deadline, ({ signal }) => readConference(api, conferenceId, signal));
  });
}
