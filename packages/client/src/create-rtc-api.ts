import { bindApi, type RtcApiOptions } from './create-call-api.ts';
import { atBoundary } from './errors/at-boundary.ts';
import { operations } from './operations.ts';
import type { RtcApi } from './rtc-api.ts';

/**
 * Creates a client for the RTC API of one server. It sends nothing before the first call and needs no closing.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) if `server` is not a URL, `token` is missing or `log` is
 * not a level.
 */
export function createRtcApi(options: RtcApiOptions): RtcApi {
  return atBoundary('createRtcApi', () => bindApi(operations, options));
}
