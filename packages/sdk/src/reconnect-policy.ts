const longestDelayMs = 5_000;
const firstDelayMs = 300;

/**
 * How long to wait before attempt number `attempt` (0 is the first after a failure), in milliseconds: anything up to
 * min(5 s, 0.3 s * 2^attempt), so that clients that failed together do not come back together.
 */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
}
