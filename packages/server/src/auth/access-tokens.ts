import { randomUUID } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { ExternalIssuer } from './external-issuer.ts';
import { rightsOf } from './rights.ts';
import type { Records } from '../storage/records.ts';
import { signingAlgorithm, type StoredSigningKey } from './signing-key.ts';
import { SigningKeys } from './signing-keys.ts';

/** Whom a token speaks for. */
export interface Subject {
  readonly userId: string;
  readonly organizationId: string;
  readonly authorities: readonly string[];
  readonly clientId: string;
  /** Set for ticket holders: the one conference they may act in. */
  readonly conferenceId?: string;
}

/** A signed token and what its receiver needs to know about it. */
export interface AccessToken {
  readonly token: string;
  readonly jti: string;
  readonly expiresInSeconds: number;
}

/** How access tokens are made and checked. */
export interface AccessTokensOptions {
  readonly clock: Clock;
  readonly lifetimeSeconds: number;
  /** How long a key signs before a new one takes its place, in seconds. */
  readonly keyRotationSeconds: number;
  /** Where keys are kept. */
  readonly keys: Records<StoredSigningKey>;
  /** Whose tokens are accepted beside our own. */
  readonly externalIssuer?: ExternalIssuer;
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

  /** A token for `subject` with the platform's claims (reference, section 5). */
  async issue(subject: Subject): Promise<AccessToken> {
    const jti = randomUUID();
    const { clock, lifetimeSeconds } = this.#options;
    const nowSeconds = Math.floor(clock.now() / 1000);
    const key = await this.#keys.current();
    const token = await new SignJWT({
      userId: subject.userId,
      organization: subject.organizationId,
      authorities: [...subject.authorities],
      client_id: subject.clientId,
      ...(subject.conferenceId !== undefined && { conference_id: subject.conferenceId }),
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

  /** Whom an `Authorization` header speaks for; refused with `invalid_token` otherwise. */
  async authenticate(authorization: string | undefined): Promise<Actor> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw new RefusalError('invalid_token', 'No access token. Send it as "Authorization: Bearer <token>".');
    }
    return actorOf(await this.#verify(token));
  }

  /** The public keys, for others who check tokens. */
  keySet(): Promise<JSONWebKeySet> {
    return this.#keys.keySet();
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { externalIssuer } = this.#options;
    try {
      const isExternal = externalIssuer !== undefined && decodeJwt(token).iss === externalIssuer.issuer;
      const claims = await (isExternal ? externalIssuer.verify(token) : this.#verifyOwn(token));
      if (typeof claims['organization'] !== 'string') throw new Error('The organisation is no text.');
      return claims;
    } catch {
      throw new RefusalError('invalid_token', 'The access token is expired or not valid. Get a new one.');
    }
  }

  async #verifyOwn(token: string): Promise<JWTPayload> {
    const key = this.#keys.find(decodeProtectedHeader(token).kid);
    if (!key) throw new Error('No key of ours, or one that is too old.');
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

function actorOf(claims: JWTPayload): Actor {
  const authorities = Array.isArray(claims['authorities']) ? claims['authorities'] : [];
  const conferenceId = claims['conference_id'];
  return {
    userId: String(claims.sub),
    organizationId: String(claims['organization']),
    rights: rightsOf(authorities.filter((authority) => typeof authority === 'string')),
    ...(claims.exp !== undefined && { tokenExpiresAtMs: claims.exp * 1000 }),
    ...(typeof conferenceId === 'string' && { conferenceId }),
  };
}
