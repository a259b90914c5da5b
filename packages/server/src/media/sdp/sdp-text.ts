import { MediaError } from '../media-router.ts';

/** The parser converts some values to numbers and omits absent ones; this turns all of them into text. */
export function sdpText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The error for an offer that cannot be used, with a reason that continues "The SDP offer is not usable: ". */
export function badOffer(reason: string): MediaError {
  return new MediaError('bad_offer', `The SDP offer is not usable: ${reason}.`);
}
