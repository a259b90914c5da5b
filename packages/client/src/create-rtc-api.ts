import { UnauthorizedError } from './errors/api-errors.ts';
import { exchange } from './exchange.ts';
import { operations, type Send } from './operations.ts';
import type { RtcApi } from './rtc-api.ts';
import { serverUrl } from './server-url.ts';
import { tokenCache } from './token-cache.ts';
import type { TokenNews } from './token-claims.ts';
import type { TokenSource } from './token-source.ts';
import { withDeadline } from './with-deadline.ts';

/** Where the API is and how to get in. */
export interface RtcApiOptions {
  /**
   * Address of the server, such as `https://rtc.example.com`. The API lives below it under `/rtc-api`, tickets and
   * tokens under `/security`. A path prefix and a trailing slash are fine.
   */
  readonly server: string;
  readonly token: TokenSource;
  /** Told of every token, before it is used first; of a fixed one at once. */
  readonly onToken?: (told: TokenNews) => void;
  /**
   * How long a call may take by default, in milliseconds: token, retries and answer together. Default 10_000.
   * `getEvents` may take 25_000 longer, because the server holds it.
   */
  readonly timeoutMs?: number;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * The RTC API of one server. Nothing is sent before the first call, and there is nothing to close.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) at once if `server` is no URL or `token` is missing.
 */
export function createRtcApi(options: RtcApiOptions): RtcApi {
  const { fetch, timeoutMs = 10_000 } = options;
  const server = serverUrl(options.server);
  const readToken = tokenCache(options.token, options.onToken);

  const send: Send = async ({ path, holdMs = 0, ...request }, { signal, keepalive, ...call } = {}) =>
    withDeadline(
      {
        operation: request.operation,
        signals: [signal],
        timeoutMs: call.timeoutMs ?? timeoutMs + holdMs,
      },
      async (deadline) => {
        const sendWith = async (token: string) =>
          exchange(
            { ...request, url: `${server}/${path}`, authorization: `Bearer ${token}`, keepalive, fetch },
            deadline,
          );
        const token = await readToken();
        try {
          return await sendWith(token);
        } catch (error) {
          if (!(error instanceof UnauthorizedError)) throw error;
          const renewed = await readToken(token);
          if (renewed === token) throw error;
          return sendWith(renewed);
        }
      },
    );

  const methods = Object.entries(operations).map(([name, bind]) => [name, bind(send, name)]);
  return Object.fromEntries(methods) as RtcApi;
}
