import { randomUUID } from 'node:crypto';
import { operationsOfThePage } from '../api/observations.ts';
import { decision, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../stage/expect.ts';
import type { Stage } from '../stage/stage.ts';

const needsToken = seed(
  'each operation',
  'one must be authenticated by BearerToken or OAuth2ClientCredentials',
);

/** Requires all 20 operations to return 401 to a caller with this token. */
async function expectAllUnauthorized({ caller }: Stage, token: string): Promise<void> {
  const stranger = caller.as(() => Promise.resolve(token));
  for (const { operationId, method } of operationsOfThePage) {
    const id = randomUUID();
    const answer = await stranger.call(operationId, {
      params: { id },
      ...(method === 'POST' && { body: { conferenceId: id, userEndpointId: id } }),
    });
    expectStatus(answer, 401);
  }
}

/** Authentication. */
export const tokenChecks: readonly Check[] = group('token', [
  {
    id: 'client-credentials',
    sentence: 'A client with id and secret gets a bearer token with its lifetime.',
    rule: seed('authentication', 'OAuth 2.0, flow clientCredentials, at the token URL'),
    run: async ({ server, caller }) => {
      const body = {
        grant_type: 'client_credentials',
        client_id: server.clientId,
        client_secret: server.clientSecret,
      };
      const anonymous = caller.as(() => Promise.resolve(''));
      const answer = await anonymous.call<Record<string, unknown>>('requestToken', { body });
      expectStatus(answer, 200);
      expectText('access_token', answer.body['access_token']);
      expectEqual('token_type', String(answer.body['token_type']).toLowerCase(), 'bearer');
      const expiresIn = answer.body['expires_in'];
      expectThat('expires_in', typeof expiresIn === 'number' && expiresIn > 0, 'seconds above 0', expiresIn);
    },
  },
  {
    id: 'wrong-secret',
    sentence: 'A wrong secret gets no token.',
    rule: decision(39, 'client_credentials, password (ticket) and refresh_token are supported; see RFC 6749'),
    run: async ({ server, caller }) => {
      const body = {
        grant_type: 'client_credentials',
        client_id: server.clientId,
        client_secret: randomUUID(),
      };
      expectStatus(await caller.as(() => Promise.resolve('')).call('requestToken', { body }), 400, 401);
    },
  },
  {
    id: 'missing',
    sentence: 'All 20 operations answer 401 to a caller without a token.',
    rule: needsToken,
    run: (stage) => expectAllUnauthorized(stage, ''),
  },
  {
    id: 'invalid',
    sentence: 'All 20 operations answer 401 to a forged token.',
    rule: needsToken,
    run: (stage) => expectAllUnauthorized(stage, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.'),
  },
]);
