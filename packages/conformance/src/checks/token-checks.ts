import { randomUUID } from 'node:crypto';
import { operationsOfThePage } from '../api/observations.ts';
import { group, type Check } from '../check.ts';
import { expectEqual, expectStatus, expectText, expectThat } from '../expect.ts';
import { decision, seed } from '../rule.ts';
import type { Stage } from '../stage.ts';

const needsToken = seed(
  'each operation',
  'one must be authenticated by BearerToken or OAuth2ClientCredentials',
);

/** Statuses of the 20 operations for a caller with this token, all of which must be 401. */
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

/** Who may ask at all. */
export const tokenChecks: readonly Check[] = group('token', [
  {
    id: 'client-credentials',
    sentence: 'A client with id and secret gets a bearer token that says how long it lives.',
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
    rule: decision(
      39,
      'client_credentials, password (ticket) and refresh_token are supported; RFC 6749 says how',
    ),
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
    sentence: 'All 20 operations answer 401 to a token that nobody signed.',
    rule: needsToken,
    run: (stage) => expectAllUnauthorized(stage, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.'),
  },
]);
