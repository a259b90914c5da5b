import type { TokenRequest, TokenResponse } from '@parley-rtc/contract';
import { createLogs } from './logging/create-logs.ts';
import type { CallOptions } from './rtc-api.ts';
import { sendRequest } from './send-request.ts';
import { withDeadline } from './with-deadline.ts';

/** The token endpoint's server and the client that calls it. */
export interface TokenEndpoint {
  /** Base URL of the server, without a trailing slash. */
  readonly server: string;
  /** Id of a client without a secret, sent as HTTP Basic credentials. */
  readonly publicClientId?: string;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Requests a token from the OAuth 2.0 token endpoint. Safe to retry: a token whose response was lost just expires.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4
 */
export async function requestToken(
  { server, publicClientId, fetch }: TokenEndpoint,
  form: TokenRequest,
  { signal, keepalive, timeoutMs = 10_000 }: CallOptions = {},
): Promise<TokenResponse> {
  const operation = 'requestToken';
  return withDeadline({ operation, signals: [signal], timeoutMs }, async (deadline) => {
    const answer = await sendRequest(
      {
        operation,
        method: 'post',
        url: `${server}/security/oauth/token`,
        repetition: 'idempotent',
        authorization:
          publicClientId === undefined
            ? undefined
            : `Basic ${btoa(`${encodeURIComponent(publicClientId)}:`)}`,
        form: { ...form },
        keepalive,
        fetch,
        log: createLogs()('api'),
      },
      deadline,
    );
    return answer.read((body) => {
      const response = body as TokenResponse | null;
      return typeof response?.access_token === 'string' ? response : undefined;
    });
  });
}
