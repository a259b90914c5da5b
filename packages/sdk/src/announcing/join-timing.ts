/** How long each step of joining took, in milliseconds. The steps run in sequence and add up to `totalMs`. */
export interface JoinTiming {
  /** Fetching the first token; 0 when the app passed a token instead of a function. */
  readonly tokenMs: number;
  /** Registering our endpoint. */
  readonly endpointMs: number;
  /** Entering the conference. */
  readonly joinMs: number;
  /** Reading the conference's state. */
  readonly stateMs: number;
  /** Waiting for the rest: ICE servers and code that loads on demand. */
  readonly restMs: number;
  readonly totalMs: number;
}

/** When a join started and when each step ended, in milliseconds of `performance.now()`. */
interface JoinTimes {
  readonly startMs: number;
  readonly registeredMs: number;
  readonly enteredMs: number;
  readonly readMs: number;
}

/** Computes the timing of a join that ends now. */
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
