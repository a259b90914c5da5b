import { randomUUID } from 'node:crypto';
import { readPermissions } from '@parley-rtc/contract';
import {
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import type { Actor, Realm } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import { bearerTokenOf } from './bearer-token.ts';
import type { ExternalIssuer } from './external-issuer.ts';
import type { Login } from './logins.ts';
import { profileIn } from './profile.ts';
import { rightsOf } from './rights.ts';
import { signingAlgorithm, type StoredSigningKey } from './signing-key.ts';
import { SigningKeys } from './signing-keys.ts';
import { realmOf, type Subject } from './subject.ts';

/** A signed token and what its receiver needs to know about it. */
export interface AccessToken {
  readonly token: string;
  readonly jti: string;
  readonly expiresInSeconds: number;
}

/** How access tokens are issued and checked. */
export interface AccessTokensOptions {
  readonly clock: Clock;
  readonly lifetimeSeconds: number;
  /** Lifetime of a login, in milliseconds. */
  readonly maxLoginMs: number;
  /** How long a key signs before a new key replaces it, in seconds. */
  readonly keyRotationSeconds: number;
  /** Where keys are stored. */
  readonly keys: Records<StoredSigningKey>;
  /** An identity provider whose tokens are accepted as well as our own. */
  readonly externalIssuer?: ExternalIssuer;
  /** Whether a user id is a client's, which no identity provider may claim. */
  readonly isClientId: (userId: string) => boolean;
}

/** The `iss` of the server's own tokens. */
export const OWN_ISSUER = 'parley-server';
const audience = 'parley-rtc';

/** Signs access tokens with keys that rotate, and checks them and those of an external issuer. */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #keys: SigningKeys;

  private constructor(options: AccessTokensOptions, keys: SigningKeys) {
    this.#options = options;
    this.#keys = keys;
  }

  static async create(options: AccessTokensOptions): Promise<AccessTokens> {
    const { clock, keyRotationSeconds, lifetimeSeconds, keys: records } = options;
    const keys = await SigningKeys.create({
      clock,
      rotationMs: keyRotationSeconds * 1000,
      tokenLifetimeMs: lifetimeSeconds * 1000,
      records,
    });
    return new AccessTokens(options, keys);
  }

  /**
   * Issues a token for `subject` with the platform's claims (docs/server/platform.md, Tokens and roles). It ends with its
   * login, if it has one.
   */
  async issue(subject: Subject, login?: Login): Promise<AccessToken> {
    const jti = randomUUID();
    const { clock, maxLoginMs } = this.#options;
    const nowMs = clock.now();
    const nowSeconds = Math.floor(nowMs / 1000);
    const remainingMs = login ? login.startedAtMs + maxLoginMs - nowMs : Infinity;
    const lifetimeSeconds = Math.max(
      1,
      Math.min(this.#options.lifetimeSeconds, Math.floor(remainingMs / 1000)),
    );
    const key = await this.#keys.current();
    const token = await new SignJWT({
      userId: subject.userId,
      organization: subject.organizationId,
      authorities: [...subject.authorities],
      client_id: subject.clientId,
      ...(subject.conferenceId !== undefined && { conference_id: subject.conferenceId }),
      ...(subject.permissions && { permissions: subject.permissions }),
      ...(subject.verified && { verified: subject.verified }),
      ...(login && { sid: login.id }),
    })
      .setProtectedHeader({ alg: signingAlgorithm, kid: key.id })
      .setSubject(subject.userId)
      .setIssuer(OWN_ISSUER)
      .setAudience(audience)
      .setJti(jti)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + lifetimeSeconds)
      .sign(key.privateKey);
    return { token, jti, expiresInSeconds: lifetimeSeconds };
  }

  /** The actor that an `Authorization` header identifies; refuses with `invalid_token` if it identifies none. */
  async authenticate(authorization: string | undefined): Promise<Actor> {
    const token = bearerTokenOf(authorization);
    if (token === undefined) {
      throw new RefusalError(
        'invalid_token',
        'The access token is missing. Send it as "Authorization: Bearer <token>".',
      );
    }
    return this.#actorOf(token);
  }

  /** The public keys, for other programs that check tokens. */
  keySet(): Promise<JSONWebKeySet> {
    return this.#keys.keySet();
  }

  async #actorOf(token: string): Promise<Actor> {
    const { externalIssuer, isClientId } = this.#options;
    try {
      const isExternal = externalIssuer !== undefined && decodeJwt(token).iss === externalIssuer.issuer;
      if (!isExternal) return ownActor(await this.#verifyOwn(token));
      const actor = actorOf(await externalIssuer.verify(token), 'external');
      if (isClientId(actor.userId)) throw new Error("The subject is a client's id.");
      return actor;
    } catch {
      throw new RefusalError('invalid_token', 'The access token is invalid or expired. Request a new one.');
    }
  }

  async #verifyOwn(token: string): Promise<JWTPayload> {
    const key = await this.#keys.find(decodeProtectedHeader(token).kid);
    if (!key) throw new Error('The signing key is unknown or expired.');
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [signingAlgorithm],
      issuer: OWN_ISSUER,
      audience,
      requiredClaims: ['sub', 'exp', 'organization'],
      currentDate: new Date(this.#options.clock.now()),
    });
    return payload;
  }
}

function ownActor(claims: JWTPayload): Actor {
  const { sid } = claims;
  const conferenceId = optionalText(claims, 'conference_id');
  return {
    ...actorOf(claims, realmOf({ ...(conferenceId !== undefined && { conferenceId }) })),
    ...(typeof sid === 'string' && { loginId: sid }),
  };
}

/** The actor that verified claims identify. Throws for claims of the wrong type: ignoring them could widen rights. */
function actorOf(claims: JWTPayload, realm: Realm): Actor {
  const authorities = Array.isArray(claims['authorities']) ? claims['authorities'] : [];
  const conferenceId = optionalText(claims, 'conference_id');
  const permissions = readPermissions(claims['permissions']);
  if (claims['permissions'] !== undefined && !permissions) {
    throw new Error('The claim permissions does not say what is permitted.');
  }
  const verified = profileIn(claims);
  return {
    userId: text(claims, 'sub'),
    realm,
    organizationId: text(claims, 'organization'),
    rights: rightsOf(authorities.filter((authority) => typeof authority === 'string')),
    ...(claims.exp !== undefined && { tokenExpiresAtMs: claims.exp * 1000 }),
    ...(typeof claims.iat === 'number' && { tokenIssuedAtMs: claims.iat * 1000 }),
    ...(conferenceId !== undefined && { conferenceId }),
    ...(permissions && { permissions }),
    ...(verified && { verified }),
  };
}

function text(claims: JWTPayload, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || value === '')
    throw new Error(`The claim ${name} is not a non-empty string.`);
  return value;
}

function optionalText(claims: JWTPayload, name: string): string | undefined {
  return claims[name] === undefined ? undefined : text(claims, name);
}
