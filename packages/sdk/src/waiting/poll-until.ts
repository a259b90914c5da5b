import { pause } from './pause.ts';

/** How often {@link pollUntil} asks, in milliseconds. */
export const pollEveryMs = 100;

/** Resolves once `isReady` returns true, or when `signal` aborts. */
export async function pollUntil(isReady: () => boolean, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !isReady()) await pause(pollEveryMs, signal);
}
