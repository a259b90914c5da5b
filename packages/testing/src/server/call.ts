import type { RtcApi } from '@parley-rtc/client';

/** A call of the API. */
export interface Call {
  readonly operation: keyof RtcApi;
  readonly command: unknown;
}

/** Runs before the server handles a call; makes the call fail by throwing. */
export type Interceptor = (call: Call) => void | Promise<void>;
