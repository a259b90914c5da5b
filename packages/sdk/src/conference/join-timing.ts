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

/** When the steps of a join were over; the first is its start. */
interface JoinTimes {
  readonly startMs: number;
  readonly registeredMs: number;
  readonly enteredMs: number;
  readonly readMs: number;
}

/** The timing of a join that is over now. */
export function joinTiming(
  { startMs, registeredMs, enteredMs, readMs }: JoinTimes,
  tokenMs: number,
): JoinTiming {
  const endMs = performance.now();
  return {
    tokenMs,
    endpointMs: Math.max(0, registeredMs - startMs - tokenMs),
    joinMs: enteredMs - registeredMs,
    stateMs: readMs - enteredMs,
    restMs: endMs - readMs,
    totalMs: endMs - startMs,
  };
}
