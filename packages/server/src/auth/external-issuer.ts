import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';

/** An identity provider whose tokens the server accepts as well as its own. */
export interface ExternalIssuerConfig {
  /** The `iss` of its tokens, exactly. */
  readonly issuer: string;
  /** URL of its public keys. */
  readonly jwksUrl: string;
  /** The `aud` that its tokens must have for this server. */
  readonly audience: string;
  /** Claim that names the organization. Default `organization`. */
  readonly organizationClaim?: string;
  /** Claim that lists the roles, such as `["ROLE_AGENT"]`. Default `authorities`. */
  readonly authoritiesClaim?: string;
}

/** Asymmetric algorithms only: with a shared secret, anyone who can check a token can forge one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Checks an identity provider's tokens. Fetches its keys when needed and caches them for ten minutes. */
export class ExternalIssuer {
  readonly issuer: string;
  readonly #config: ExternalIssuerConfig;
  readonly #clock: Clock;
  readonly #keys: JWTVerifyGetKey;

  /** `onKeysUnreadable` receives the reason when the key set cannot be read, which is not the token's fault. */
  constructor(config: ExternalIssuerConfig, clock: Clock, onKeysUnreadable: (error: unknown) => void) {
    this.issuer = config.issuer;
    this.#config = config;
    this.#clock = clock;
    const readKeys = createRemoteJWKSet(new URL(config.jwksUrl), {
      cooldownDuration: 30_000,
      cacheMaxAge: 10 * 60_000,
    });
    this.#keys = async (...about) => {
      try {
        return await readKeys(...about);
      } catch (error) {
        if (!isFaultOfToken(error)) onKeysUnreadable(error);
        throw error;
      }
    };
  }

  /** The claims under the names that this server's own tokens use. Rejects when the token is not valid. */
  async verify(token: string): Promise<JWTPayload> {
    const {
      issuer,
      audience,
      organizationClaim = 'organization',
      authoritiesClaim = 'authorities',
    } = this.#config;
    const { payload } = await jwtVerify(token, this.#keys, {
      algorithms,
      issuer,
      audience,
      requiredClaims: ['sub', 'exp', organizationClaim],
      currentDate: new Date(this.#clock.now()),
    });
    return {
      ...payload,
      organization: payload[organizationClaim],
      authorities: payload[authoritiesClaim],
    };
  }
}

/** Whether the key set was read but has no key for the token. */
function isFaultOfToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}
