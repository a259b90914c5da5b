import { HttpError, withDeadline } from '@parley-rtc/client';

/** Whether the server counts us as present. */
export interface Presence {
  /** Whether we are rejoining. */
  readonly isOutside: () => boolean;
  /** Resolves once we are not, or when `signal` aborts. */
  readonly untilInside: (signal: AbortSignal) => Promise<void>;
  /**
   * Asks the server whether it still knows our endpoint, and starts to rejoin if it does not. Resolves to whether we are
   * rejoining. Never rejects.
   */
  readonly isDropped: (cause: HttpError) => Promise<boolean>;
}

/** How long a command waits for us to rejoin. */
export interface WaitOptions {
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds. Default: as long as rejoining takes. */
  readonly timeoutMs?: number;
}

/**
 * Sends a command that the server refuses while we are rejoining: waits until we are inside. A refusal may be
 * about our endpoint, which the server has dropped without our knowing; then sends the command once more after rejoining.
 */
export async function sendInside<Result>(
  { isOutside, untilInside, isDropped }: Presence,
  { operation, signal, timeoutMs = Infinity }: WaitOptions,
  send: () => Promise<Result>,
): Promise<Result> {
  const untilBack = () =>
    withDeadline({ operation, signals: [signal], timeoutMs }, async (deadline) => {
      await untilInside(deadline.signal);
      deadline.signal.throwIfAborted();
    });
  // Without an await where possible: what is removed on leaving has to go before the farewell.
  if (isOutside()) await untilBack();
  try {
    return await send();
  } catch (error) {
    if (signal?.aborted || !mayBeDropped(error) || !(await isDropped(error))) throw error;
  }
  await untilBack();
  return send();
}

function mayBeDropped(error: unknown): error is HttpError {
  return error instanceof HttpError && (error.status === 404 || error.serverError === 'not_joined');
}
