import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Records } from '../storage/records.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { AccessTokens, type AccessTokensOptions } from './access-tokens.ts';
import { ExternalIssuer } from './external-issuer.ts';
import type { Login } from './logins.ts';
import type { StoredSigningKey } from './signing-key.ts';
import type { Subject } from './subject.ts';

const staff: Subject = {
  userId: 'backend',
  organizationId: 'o-1',
  authorities: ['ROLE_USER'],
  clientId: 'backend',
};
const guest: Subject = { ...staff, userId: 'ada', clientId: 'customer', conferenceId: 'c-1' };
type Claims = Readonly<Record<string, unknown>>;
const invalid = { code: 'invalid_token' };

function memoryRecords(): Records<StoredSigningKey> {
  const stored = new Map<string, StoredSigningKey>();
  return {
    entries: () => [...stored],
    put: async (key, value) => void stored.set(key, value),
    delete: async (key) => void stored.delete(key),
  };
}

async function setUp(options: Partial<AccessTokensOptions> = {}, clock = new FakeClock()) {
  const keys = memoryRecords();
  const tokens = await AccessTokens.create({
    clock,
    lifetimeSeconds: 600,
    maxLoginMs: 3_600_000,
    keyRotationSeconds: 3_600,
    keys,
    isClientId: (id) => id === 'backend',
    ...options,
  });
  const authenticate = (token: string) => tokens.authenticate(`Bearer ${token}`);
  /** Signs claims with the server's own key; `changed` overrides those of a usual token. */
  const sign = async (changed: Claims): Promise<string> => {
    const [[kid, { jwk }] = ['', { jwk: {} }]] = keys.entries();
    return new SignJWT({
      iss: 'parley-server',
      aud: 'parley-rtc',
      sub: 'ada',
      organization: 'o-1',
      exp: Math.floor(clock.now() / 1_000) + 60,
      ...changed,
    })
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign(await importJWK(jwk, 'RS256'));
  };
  return { clock, tokens, authenticate, sign };
}

/** The same, with an identity provider. */
async function setUpProvider() {
  const clock = new FakeClock();
  const provider = await startIdentityProvider(onTestFinished);
  const externalIssuer = new ExternalIssuer(provider.config, clock, failLoudly);
  const { authenticate, sign } = await setUp({ externalIssuer }, clock);
  return { clock, provider, authenticate, sign };
}

function aLogin(startedAtMs: number): Login {
  return {
    id: 'login-1',
    subject: guest,
    startedAtMs,
    expiresAtMs: Infinity,
    secret: '',
    currentHash: '',
    spent: [],
  };
}

describe('an access token', () => {
  it('identifies its subject for its lifetime, which begins with the current second', async () => {
    const { clock, tokens, authenticate } = await setUp();
    const { token, expiresInSeconds } = await tokens.issue(staff);
    const issuedAtSeconds = Math.floor(clock.now() / 1_000);
    expect(expiresInSeconds).toBe(600);
    expect(await authenticate(token)).toEqual({
      userId: 'backend',
      realm: 'client',
      organizationId: 'o-1',
      rights: new Set(['create-conference', 'list-conferences']),
      tokenIssuedAtMs: issuedAtSeconds * 1_000,
      tokenExpiresAtMs: (issuedAtSeconds + 600) * 1_000,
    });
  });

  it('carries the conference and the login of a guest', async () => {
    const { clock, tokens, authenticate } = await setUp();
    const { token } = await tokens.issue(guest, aLogin(clock.now()));
    expect(await authenticate(token)).toMatchObject({
      realm: 'ticket',
      conferenceId: 'c-1',
      loginId: 'login-1',
    });
    expect(decodeJwt(token)).toMatchObject({ conference_id: 'c-1', sid: 'login-1' });
  });

  it.each([
    ['its full lifetime', 600_000, 600],
    ['the rest of its login in whole seconds', 599_999, 599],
    ['the rest of its login, down to one second', 1_999, 1],
    ['at least one second', 400, 1],
  ])('of a login gets %s', async (_what, remainingMs, expiresInSeconds) => {
    const { clock, tokens } = await setUp();
    const login = aLogin(clock.now() - 3_600_000 + remainingMs);
    const { token, ...issued } = await tokens.issue(guest, login);
    expect(issued.expiresInSeconds).toBe(expiresInSeconds);
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(expiresInSeconds);
  });

  it('works after its key was replaced, as long as it lives', async () => {
    const { clock, tokens, authenticate } = await setUp();
    clock.advance(3_600_000 - 1);
    const { token } = await tokens.issue(staff);
    clock.advance(1);
    const next = await tokens.issue(staff);
    expect(decodeProtectedHeader(next.token).kid).not.toBe(decodeProtectedHeader(token).kid);
    clock.advance(598_000);
    expect(await authenticate(token)).toMatchObject({ userId: 'backend' });
    clock.advance(2_000);
    await expect(authenticate(token)).rejects.toMatchObject(invalid);
  });

  it('is missing from a header of another scheme, or without one', async () => {
    const { tokens } = await setUp();
    for (const header of [undefined, '', 'Bearer ', 'Basic abc']) {
      await expect(tokens.authenticate(header)).rejects.toThrow('The access token is missing');
    }
  });
});

describe('claims under our own signature', () => {
  it('identify a user', async () => {
    const { authenticate, sign } = await setUp();
    expect(await authenticate(await sign({}))).toMatchObject({ userId: 'ada', realm: 'client' });
  });

  it.each<[string, Claims]>([
    ['of another issuer', { iss: 'other' }],
    ['for another audience', { aud: 'other' }],
    ['that never expire', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['without an organization', { organization: undefined }],
    ['with an organization that is not a text', { organization: 7 }],
    ['with a conference that is not a text', { conference_id: 7 }],
    ['with an empty conference', { conference_id: '' }],
  ])('%s are refused', async (_what, changed) => {
    const { authenticate, sign } = await setUp();
    await expect(authenticate(await sign(changed))).rejects.toMatchObject(invalid);
  });

  it.each<[unknown, readonly string[]]>([
    [undefined, []],
    ['ROLE_MODERATOR', []],
    [[7, null, 'ROLE_MODERATOR'], ['moderate']],
  ])('with the authorities %j give the rights %j', async (authorities, rights) => {
    const { authenticate, sign } = await setUp();
    expect([...(await authenticate(await sign({ authorities }))).rights]).toEqual(rights);
  });

  it('give no login and no time of issue unless these have the right type', async () => {
    const { authenticate, sign } = await setUp();
    const actor = await authenticate(await sign({ sid: 7 }));
    expect(actor).not.toHaveProperty('loginId');
    expect(actor).not.toHaveProperty('tokenIssuedAtMs');
  });
});

describe('a token of an identity provider', () => {
  it('identifies a user of its own realm', async () => {
    const { clock, provider, authenticate } = await setUpProvider();
    expect(await authenticate(await provider.sign(clock.now()))).toMatchObject({
      userId: 'u-1',
      realm: 'external',
      tokenExpiresAtMs: (Math.floor(clock.now() / 1_000) + 3_600) * 1_000,
    });
  });

  it('cannot name a client, nor pass for one of the server’s own', async () => {
    const { clock, provider, authenticate, sign } = await setUpProvider();
    await expect(authenticate(await provider.sign(clock.now(), { sub: 'backend' }))).rejects.toMatchObject(
      invalid,
    );
    await expect(
      authenticate(await provider.sign(clock.now(), { iss: 'parley-server' })),
    ).rejects.toMatchObject(invalid);
    expect(await authenticate(await sign({ sub: 'backend' }))).toMatchObject({ realm: 'client' });
  });
});
