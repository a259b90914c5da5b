import { createCallApi, type LogSetting, type TokenSource } from '@parley-rtc/client';
import type { ConferenceSummary } from '@parley-rtc/contract';

export interface CreateOptions {
  /** URL of the server. The API is at `${server}/rtc-api`. */
  readonly server: string;
  /** The bearer token, or a function that fetches one. */
  readonly token: TokenSource;
  /** Preferred id, ideally a UUID. Default: the server generates one. */
  readonly conferenceId?: string;
  /** The interaction that the conference belongs to. */
  readonly interactionId?: string;
  /** Initial metadata of the conference; text only. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
  /** As for `Conference.join`. */
  readonly log?: LogSetting;
}

/** Creates a conference. @see `POST /rtc-api/conferences/create` */
export async function createConference(options: CreateOptions): Promise<ConferenceSummary> {
  const { server, token, signal, log, ...command } = options;
  return createCallApi({ server, token, log }).create(command, { ...(signal && { signal }) });
}
