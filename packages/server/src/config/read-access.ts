import { OWN_ISSUER } from '../auth/access-tokens.ts';
import type { Client } from '../auth/clients.ts';
import type { ExternalIssuerConfig } from '../auth/external-issuer.ts';
import { isRole, roles, type Role } from '../auth/rights.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';

/** Which clients get tokens, and whose tokens are accepted. */
export function readAccess(env: Environment): Pick<ParleyServerConfig, 'clients' | 'externalIssuer'> {
  const externalIssuer = externalIssuerOf(env);
  return { clients: clientsOf(env['PARLEY_CLIENTS'] ?? ''), ...(externalIssuer && { externalIssuer }) };
}

/** Issuer, key set and audience belong together: without one of these checks a token proves nothing. */
function externalIssuerOf(env: Environment): ExternalIssuerConfig | undefined {
  const { PARLEY_ISSUER: issuer, PARLEY_JWKS_URL: jwksUrl, PARLEY_AUDIENCE: audience } = env;
  const { PARLEY_ORGANIZATION_CLAIM: organizationClaim, PARLEY_AUTHORITIES_CLAIM: authoritiesClaim } = env;
  if (!issuer && !jwksUrl && !audience) return undefined;
  if (!issuer || !jwksUrl || !audience) {
    throw new ConfigError(
      'PARLEY_ISSUER, PARLEY_JWKS_URL and PARLEY_AUDIENCE belong together. Set all three.',
    );
  }
  if (issuer === OWN_ISSUER) {
    throw new ConfigError(`PARLEY_ISSUER is "${issuer}", which is this server's own name. Choose another.`);
  }
  if (!URL.canParse(jwksUrl) || !/^https?:$/.test(new URL(jwksUrl).protocol)) {
    throw new ConfigError(`PARLEY_JWKS_URL is "${jwksUrl}"; it must be an http or https URL.`);
  }
  return {
    issuer,
    jwksUrl,
    audience,
    ...(organizationClaim && { organizationClaim }),
    ...(authoritiesClaim && { authoritiesClaim }),
  };
}

/** `id:secret:ROLE+ROLE[:organization]`, several separated by semicolons. Messages never repeat a secret. */
function clientsOf(text: string): readonly Client[] {
  return text
    .split(';')
    .filter((entry) => entry.trim() !== '')
    .map((entry, index) => {
      const [id, secret, roleNames, organizationId, ...rest] = entry.trim().split(':');
      if (!id || !secret || !roleNames || rest.length > 0) {
        throw new ConfigError(
          `PARLEY_CLIENTS, entry ${index + 1}: must read id:secret:ROLE+ROLE, optionally followed by :organization; no part may contain a colon or a semicolon.`,
        );
      }
      if (id === 'customer') {
        throw new ConfigError('PARLEY_CLIENTS: "customer" is the built-in public client. Choose another id.');
      }
      return {
        id,
        secret,
        roles: roleNames.split('+').map(roleOf),
        ...(organizationId && { organizationId }),
      };
    });
}

function roleOf(name: string): Role {
  if (!isRole(name)) {
    throw new ConfigError(`PARLEY_CLIENTS: there is no role "${name}". Roles are ${roles.join(', ')}.`);
  }
  return name;
}
