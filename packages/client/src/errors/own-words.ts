import type { HttpFailure } from './http-error.ts';

/** What the body of an error says. */
export interface Words extends Pick<HttpFailure, 'serverError' | 'serverMessage'> {
  /** Whether the API wrote the body. */
  readonly isOwn: boolean;
}

/** The API's error codes, such as `not_found`. Frameworks and proxies write reason phrases there, such as `Not Found`. */
const codePattern = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * Codes that OAuth defines, with an optional description.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
const oauthCodes: readonly unknown[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_token',
  'insufficient_scope',
];

/**
 * Reads the body of an error. The API writes `{error, error_description}`; the seed also allows any map of texts for a 400.
 * Anything else is from a proxy, a framework or another server, and only quoted.
 */
export function readWords(status: number, body: string): Words {
  const value = parsed(body);
  const fields: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value && !Array.isArray(value) ? { ...value } : {};
  const { error, error_description: description } = fields;
  const texts = Object.values(fields);
  const hasCode = isText(error) && codePattern.test(error);
  const isOwn =
    (hasCode && (isText(description) || oauthCodes.includes(error))) ||
    (status === 400 && texts.length > 0 && texts.every(isText));
  const serverError = isOwn && hasCode ? error : undefined;
  const serverMessage = description ?? (serverError ? undefined : [...texts, value].find(isText));
  return { isOwn, serverError, serverMessage: isText(serverMessage) ? serverMessage : undefined };
}

/** Text that is not JSON as it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body.trim();
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
