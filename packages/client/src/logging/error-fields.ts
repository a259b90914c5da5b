import { HttpError } from '../errors/http-error.ts';
import type { LogFields } from './log-record.ts';

/**
 * What the log says of an error: its code, and what the server said in codes. Messages are left out, because they may
 * repeat what an app, a browser or a server put into them, such as a ticket or a line of SDP.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return {};
  const codes = { error: codeOf(error), cause: codeOf(error.cause) };
  if (!(error instanceof HttpError)) return codes;
  const { status, serverError, requestId } = error;
  return { ...codes, status, serverError, requestId };
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, name } = error as Error & { readonly code?: unknown };
  return typeof code === 'string' ? code : name;
}
