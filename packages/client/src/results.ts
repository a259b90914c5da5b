import type { ConferenceSummary, Ticket } from '@parley-rtc/contract';

/** Returns the result in a 2xx body, or undefined if the API did not write it. */
export type Reader<Result> = (body: unknown) => Result | undefined;

/**
 * A result is recognized by any of the fields that only it has, because servers leave out required ones. The contract's
 * readers handle what is missing.
 */
export function object<Result extends object>(...fields: readonly (keyof Result & string)[]): Reader<Result> {
  return (body) => (isObject(body) && fields.some((field) => field in body) ? (body as Result) : undefined);
}

export const conferenceFields = ['id', 'version', 'participants'] as const;
export const summary: Reader<ConferenceSummary> = object<ConferenceSummary>('id', 'version');
export const ticket: Reader<Ticket> = object<Ticket>('id');

/** An empty body is an empty list, because the API does not specify how a poll without events ends. */
export function list<Item>(body: unknown): readonly Item[] | undefined {
  const items = body ?? [];
  return Array.isArray(items) ? (items as Item[]) : undefined;
}

/** Some servers return the bare id, others an object with it. */
export function endpointId(body: unknown): string | undefined {
  const id: unknown = isObject(body) && 'id' in body ? body.id : body;
  return typeof id === 'string' && id ? id : undefined;
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
