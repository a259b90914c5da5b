import type { MediaLog } from '../media-router.ts';

/** Logs what a listener of the router threw. What it was called with holds ids, which belong at debug. */
export function logListenerError(log: MediaLog): (error: unknown, payload: object) => void {
  return (error, payload) => {
    log('error', 'A listener of the media router failed', { err: error });
    log('debug', 'The listener failed for', { ...payload });
  };
}
