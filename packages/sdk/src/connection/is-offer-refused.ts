import { isRefused } from '../waiting/is-refused.ts';

/**
 * Whether the server refused an offer, so that it has neither stream nor view. An id that exists already does not count: ids
 * are random, so an earlier copy of the same request took it.
 */
export function isOfferRefused(error: unknown): boolean {
  return isRefused(error) && error.serverError !== 'already_exists';
}
