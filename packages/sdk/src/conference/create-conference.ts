import { createRtcApi, type TokenSource } from '@parley-rtc/client';
import type { ConferenceSummary } from '@parley-rtc/contract';

export interface CreateOptions {
  /** Where the server is: the API lives under `${server}/rtc-api`. */
  readonly server: string;
  readonly token: TokenSource;
  /** Wished id, best a UUID. Default: the server makes one. */
  readonly conferenceId?: string;
  /** The interaction that the conference belongs to. */
  readonly interactionId?: string;
  /** First metadata of the conference; text only. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Makes a conference. @see `POST /rtc-api/conferences/create` */
export async function createConference(options: CreateOptions): Promise<ConferenceSummary> {
  const { server, token, signal, ...command } = options;
  return createRtcApi({ server, token }).create(command, { ...(signal && { signal }) });
}
