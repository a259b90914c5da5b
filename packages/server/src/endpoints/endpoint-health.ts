/** When an endpoint was last heard of and how often it promised to speak. */
export interface Heartbeat {
  readonly lastSeenMs: number;
  readonly keepAliveMs: number;
}

/** After this many missed deadlines an endpoint is gone (reference 2.1). */
const DEADLINES_UNTIL_GONE = 3;

/** HEALTHY, SICK after one missed deadline, GONE after three. */
export function healthAt(heartbeat: Heartbeat, nowMs: number): 'HEALTHY' | 'SICK' | 'GONE' {
  const missed = Math.floor((nowMs - heartbeat.lastSeenMs) / heartbeat.keepAliveMs);
  if (missed >= DEADLINES_UNTIL_GONE) return 'GONE';
  return missed >= 1 ? 'SICK' : 'HEALTHY';
}

/** Milliseconds until {@link healthAt} may say something else, if the endpoint stays silent; at least 1. */
export function nextChangeMs({ lastSeenMs, keepAliveMs }: Heartbeat, nowMs: number): number {
  const deadlines = nowMs - lastSeenMs < keepAliveMs ? 1 : DEADLINES_UNTIL_GONE;
  return Math.max(1, lastSeenMs + deadlines * keepAliveMs - nowMs);
}
