import { InvalidOptionsError } from './errors/api-errors.ts';

/**
 * `server` without trailing slashes, ready to have a path appended; a path prefix stays.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) if it is no http or https URL.
 */
export function serverUrl(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionsError(
      `\`server\` is no http or https URL: ${JSON.stringify(server)}.`,
      'Pass the address that /rtc-api lives under, such as https://rtc.example.com.',
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
