import { InvalidOptionsError } from './errors/api-errors.ts';
import type { Log } from './logging/create-logs.ts';

/**
 * The effect of sending a request twice:
 * - `safe`: the request changes nothing.
 * - `idempotent`: sending it twice has the same effect as once.
 * - `unsafe`: the second request acts again, for example creates a second ticket.
 * - `never`: retrying is left to the caller, which has its own policy and must see every failure immediately.
 */
export type Repetition = 'safe' | 'idempotent' | 'unsafe' | 'never';

/** One HTTP request of this package. */
export interface HttpRequest {
  /** Operation name for error messages. */
  readonly operation: string;
  readonly method: 'get' | 'post';
  readonly url: string;
  readonly repetition: Repetition;
  readonly authorization?: string | undefined;
  /** Body, sent as JSON. */
  readonly json?: unknown;
  /** Body, sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly keepalive?: boolean | undefined;
  /** Media type of a response to read as a stream. Without it, responses are JSON. */
  readonly streamType?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly log: Log;
}

/** What `fetch` needs to send a request, whichever way it is sent. */
export function fetchOptions(request: HttpRequest): {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | URLSearchParams;
  readonly redirect: 'manual';
} {
  const { operation, method, authorization, json, form, streamType } = request;
  return {
    method,
    headers: {
      accept: streamType ?? 'application/json',
      ...(authorization !== undefined && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: asJson(operation, json) }),
    ...(form && { body: new URLSearchParams(form) }),
    // The API never redirects; a login page in between does. Browsers hide the status of such a response (0).
    redirect: 'manual',
  };
}

/** @throws InvalidOptionsError for a value that JSON cannot express, such as a circular object or a BigInt. */
function asJson(operation: string, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new InvalidOptionsError(
      `The arguments of ${operation} cannot be serialized as JSON.`,
      'Pass plain objects of texts, numbers, booleans and null.',
      { cause },
    );
  }
}
