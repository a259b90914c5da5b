/** When an endpoint last sent a sign of life, by a monotonic clock, and how often it promised to. */
export interface Heartbeat {
  readonly lastSeenMs: number;
  readonly keepAliveMs: number;
}

/** How many missed deadlines remove an endpoint (docs/server/platform.md, User endpoints). */
const DEADLINES_UNTIL_GONE = 3;

/** HEALTHY, SICK after one missed deadline, GONE after three. */
export function healthAt(heartbeat: Heartbeat, nowMs: number): 'HEALTHY' | 'SICK' | 'GONE' {
  const missed = Math.floor((nowMs - heartbeat.lastSeenMs) / heartbeat.keepAliveMs);
  if (missed >= DEADLINES_UNTIL_GONE) return 'GONE';
  return missed >= 1 ? 'SICK' : 'HEALTHY';
}

/** Milliseconds until the result of {@link healthAt} may change if the endpoint stays silent; at least 1. */
export function nextChangeMs({ lastSeenMs, keepAliveMs }: Heartbeat, nowMs: number): number {
  const deadlines = nowMs - lastSeenMs < keepAliveMs ? 1 : DEADLINES_UNTIL_GONE;
  return Math.max(1, lastSeenMs + deadlines * keepAliveMs - nowMs);
}
