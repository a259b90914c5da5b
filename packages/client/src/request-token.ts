import type { TokenRequest, TokenResponse } from '@parley-rtc/contract';
import { exchange } from './exchange.ts';
import type { CallOptions } from './rtc-api.ts';
import { withDeadline } from './with-deadline.ts';

/** Who asks whom for a token. */
export interface TokenEndpoint {
  /** Address of the server, without a trailing slash. */
  readonly server: string;
  /** Id of a client without a secret, sent by HTTP Basic. */
  readonly publicClientId?: string;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * One grant of the OAuth 2.0 token endpoint. Twice is as good as once: a token that nobody received just expires.
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
    const answer = await exchange(
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
      },
      deadline,
    );
    return answer.read((body) => {
      const response = body as TokenResponse | null;
      return typeof response?.access_token === 'string' ? response : undefined;
    });
  });
}
