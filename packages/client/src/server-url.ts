import { InvalidOptionsError } from './errors/api-errors.ts';

/**
 * Removes trailing slashes from `server`, so that a path can be appended. A path prefix stays.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) if it is not an http or https URL, or includes `/rtc-api`.
 */
export function serverUrl(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionsError(
      `\`server\` is not an http or https URL: ${JSON.stringify(server)}.`,
      'Pass the base URL of /rtc-api, such as https://rtc.example.com.',
    );
  }
  if (/\/rtc-api\/*$/.test(url.pathname)) {
    throw new InvalidOptionsError(
      `\`server\` must not include /rtc-api: ${JSON.stringify(server)}.`,
      'Omit /rtc-api, which is added to every path.',
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
