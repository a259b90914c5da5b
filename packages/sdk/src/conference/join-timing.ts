/** How long each step of joining took, in milliseconds. The steps follow each other; together they are the total. */
export interface JoinTiming {
  /** Fetching the first token; 0 for one that was given. */
  readonly tokenMs: number;
  /** Registering our endpoint. */
  readonly endpointMs: number;
  /** Entering. */
  readonly joinMs: number;
  /** Reading the state. */
  readonly stateMs: number;
  /** What was still waited for then: the ICE servers, and code that was fetched. */
  readonly restMs: number;
  readonly totalMs: number;
}

/** The timing of a join whose steps were over at these times; the first is its start. */
export function joinTiming(timesMs: readonly number[], tokenMs: number): JoinTiming {
  const [start = 0, registered = 0, entered = 0, read = 0, end = 0] = timesMs;
  return {
    tokenMs,
    endpointMs: Math.max(0, registered - start - tokenMs),
    joinMs: entered - registered,
    stateMs: read - entered,
    restMs: end - read,
    totalMs: end - start,
  };
}
