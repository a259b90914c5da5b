import { randomUUID } from 'node:crypto';
import { exportJWK, jwtVerify, SignJWT, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import { rightsOf } from './rights.ts';
import { loadSigningKey, signingAlgorithm, type SigningKey, type StoredSigningKey } from './signing-key.ts';

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

const issuer = 'parley-server';
const audience = 'parley-rtc';

/** Signs and checks access tokens. They outlive a restart exactly if the key does. */
export class AccessTokens {
  readonly #clock: Clock;
  readonly #lifetimeSeconds: number;
  readonly #key: SigningKey;

  private constructor(key: SigningKey, clock: Clock, lifetimeSeconds: number) {
    this.#key = key;
    this.#clock = clock;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** With the key in `keys`, or a new one that is put there. */
  static async create(
    clock: Clock,
    lifetimeSeconds: number,
    keys: Records<StoredSigningKey>,
  ): Promise<AccessTokens> {
    return new AccessTokens(await loadSigningKey(keys, clock.now()), clock, lifetimeSeconds);
  }

  /** A token for `subject` with the platform's claims (reference, section 5). */
  async issue(subject: Subject): Promise<AccessToken> {
    const jti = randomUUID();
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    const token = await new SignJWT({
      userId: subject.userId,
      organization: subject.organizationId,
      authorities: [...subject.authorities],
      client_id: subject.clientId,
      ...(subject.conferenceId !== undefined && { conference_id: subject.conferenceId }),
    })
      .setProtectedHeader({ alg: signingAlgorithm, kid: this.#key.id })
      .setSubject(subject.userId)
      .setIssuer(issuer)
      .setAudience(audience)
      .setJti(jti)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + this.#lifetimeSeconds)
      .sign(this.#key.privateKey);
    return { token, jti, expiresInSeconds: this.#lifetimeSeconds };
  }

  /** Whom an `Authorization` header speaks for; refused with `invalid_token` otherwise. */
  async authenticate(authorization: string | undefined): Promise<Actor> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw new RefusalError('invalid_token', 'No access token. Send it as "Authorization: Bearer <token>".');
    }
    return actorOf(await this.#verify(token));
  }

  /** The public key, for others who check tokens. */
  async keySet(): Promise<JSONWebKeySet> {
    const key = await exportJWK(this.#key.publicKey);
    return { keys: [{ ...key, kid: this.#key.id, alg: signingAlgorithm, use: 'sig' }] };
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#key.publicKey, {
        algorithms: [signingAlgorithm],
        issuer,
        audience,
        requiredClaims: ['sub', 'exp', 'organization'],
        currentDate: new Date(this.#clock.now()),
      });
      return payload;
    } catch {
      throw new RefusalError('invalid_token', 'The access token is expired or not valid. Get a new one.');
    }
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
