import { callOperations, type Operations, type Send } from './call-operations.ts';
import { atBoundary, withBoundary } from './errors/at-boundary.ts';
import { HttpError } from './errors/http-error.ts';
import { createLogs } from './logging/create-logs.ts';
import type { LogSetting } from './logging/log-record.ts';
import type { CallApi } from './rtc-api.ts';
import { sendRequest } from './send-request.ts';
import { serverUrl } from './server-url.ts';
import { tokenCache } from './token-cache.ts';
import type { TokenNews } from './token-claims.ts';
import type { TokenSource } from './token-source.ts';
import { withDeadline } from './with-deadline.ts';

/** The server's address, the token, and defaults for every call. */
export interface RtcApiOptions {
  /**
   * Base URL of the server, such as `https://rtc.example.com`. The API lives under `/rtc-api` below it, tickets and
   * tokens under `/security`. A path prefix and a trailing slash are allowed.
   */
  readonly server: string;
  readonly token: TokenSource;
  /** Called with each new token before its first use; with a fixed token, synchronously. */
  readonly onToken?: (told: TokenNews) => void;
  /**
   * Timeout of a call in milliseconds, covering token, retries and answer. Default 10_000.
   * `getEvents` gets 25_000 more, because the server holds the request open.
   */
  readonly timeoutMs?: number;
  /** What this client logs, and where. Default: what `setLogLevel` and `setLogSink` say. */
  readonly log?: LogSetting | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * Creates a client for what a call needs, without the operations of back ends.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) as `createRtcApi`.
 * @internal For Parley's own packages; may change without notice.
 */
export function createCallApi(options: RtcApiOptions): CallApi {
  return atBoundary('createCallApi', () => bindApi(callOperations, options));
}

/** Creates a method for each operation. */
export function bindApi<Api extends object>(operations: Operations<Api>, options: RtcApiOptions): Api {
  const { fetch, timeoutMs = 10_000 } = options;
  const server = serverUrl(options.server);
  const log = createLogs(options.log)('api');
  const onToken = (news: TokenNews) => {
    const { exp } = news.claims;
    log('info', 'token in use', {
      tookMs: news.tookMs,
      expiresInS: exp && exp - Date.now() / 1000,
    });
    options.onToken?.(news);
  };
  const readToken = tokenCache(options.token, onToken, (error) =>
    log('warn', 'token not renewed', {}, error),
  );

  const send: Send = async ({ path, holdMs = 0, ...request }, { signal, keepalive, ...call } = {}) =>
    withDeadline(
      {
        operation: request.operation,
        signals: [signal],
        timeoutMs: call.timeoutMs ?? timeoutMs + holdMs,
      },
      async (deadline) => {
        const sendWith = async (token: string) =>
          sendRequest(
            { ...request, url: `${server}/${path}`, authorization: `Bearer ${token}`, keepalive, fetch, log },
            deadline,
          );
        const current = readToken();
        // Without an await where possible: a page that is closing runs no more than this.
        const token = typeof current === 'string' ? current : await current;
        try {
          return await sendWith(token);
        } catch (error) {
          // Any 401, even from a proxy: some servers send no body with it.
          if (!(error instanceof HttpError) || error.status !== 401) throw error;
          log('warn', 'token refused; asking for another', {}, error);
          const renewed = await readToken(token);
          if (renewed === token) throw error;
          return await sendWith(renewed);
        }
      },
    );

  const methods = Object.entries<Operations<Api>[keyof Api]>(operations).map(([name, bind]) => [
    name,
    bind(send, name),
  ]);
  return withBoundary(Object.fromEntries(methods) as Api);
}
