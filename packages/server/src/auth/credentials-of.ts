import type { TokenRequest } from '@parley-rtc/contract';

/** A client's id and secret, from HTTP Basic, else from the form (RFC 6749, 2.3.1). */
export function credentialsOf(
  request: TokenRequest,
  authorization: string | undefined,
): { readonly id: string; readonly secret: string } {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: request.client_id ?? '', secret: request.client_secret ?? '' };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
