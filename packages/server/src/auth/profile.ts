import type { VerifiedProfile } from '@parley-rtc/contract';

/** The limits of openapi.yaml, which a ticket's profile has passed. An identity provider knows nothing of them. */
const longestName = 128;
const longestPicture = 2_048;
const longestRole = 64;

/**
 * What a token's issuer says about its user: the claim `verified` of our own tokens, or else `name` and `picture` of OpenID
 * Connect. What is unusable is left out, because a call matters more than a name.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
export function profileIn(claims: Readonly<Record<string, unknown>>): VerifiedProfile | undefined {
  const { name, picture, role } = objectIn(claims['verified']) ?? {
    name: claims['name'],
    picture: claims['picture'],
  };
  const profile = {
    ...(isText(name, longestName) && { name }),
    ...(isText(picture, longestPicture) && picture.startsWith('https://') && { picture }),
    ...(isText(role, longestRole) && { role }),
  };
  return Object.keys(profile).length > 0 ? profile : undefined;
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}
