import type { ConferenceSummary } from '@parley-rtc/contract';
import type { TokenSource } from '../errors/parley-error.ts';

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

export function createConference(options: CreateOptions): Promise<ConferenceSummary> {
  return Promise.reject(new Error(options.server));
}
