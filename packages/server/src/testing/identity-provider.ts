import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { ExternalIssuerConfig } from '../auth/external-issuer.ts';

/** Claims of a token; undefined leaves one out. */
type Claims = Readonly<Record<string, unknown>>;

/** An external identity provider, with its keys at a URL. */
export interface IdentityProvider {
  readonly config: ExternalIssuerConfig;
  /** Signs a token of user `u-1` of organization `o-1`, valid for an hour from `nowMs`; `changed` overrides claims. */
  readonly sign: (nowMs: number, changed?: Claims) => Promise<string>;
  /** The same, signed with an unpublished key under the published key's id. */
  readonly forge: (nowMs: number) => Promise<string>;
}

/** Starts an identity provider on its own port. */
export async function startIdentityProvider(atEnd: (close: () => void) => void): Promise<IdentityProvider> {
  const [published, hidden] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  const keys = [{ ...(await exportJWK(published.publicKey)), kid: 'k-1', alg: 'ES256', use: 'sig' }];
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const config = { issuer: 'https://id.example.com', audience: 'parley', jwksUrl };
  const sign = (key: CryptoKey, nowMs: number, changed: Claims = {}): Promise<string> =>
    new SignJWT({
      iss: config.issuer,
      aud: config.audience,
      sub: 'u-1',
      organization: 'o-1',
      authorities: ['ROLE_AGENT'],
      exp: Math.floor(nowMs / 1000) + 3600,
      ...changed,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k-1' })
      .sign(key);
  return {
    config,
    sign: (nowMs, changed) => sign(published.privateKey, nowMs, changed),
    forge: (nowMs) => sign(hidden.privateKey, nowMs),
  };
}
