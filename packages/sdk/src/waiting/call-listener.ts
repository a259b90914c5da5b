/** A callback of the app. It may be async. */
export type Listener<Payload> = (payload: Payload) => unknown;

/**
 * Calls a listener of the app and never throws. `onError` receives what the listener throws or rejects with. Rejects with
 * whatever `onError` throws; callers leave that unhandled, so that the browser reports an uncaught error.
 */
export async function callListener<Payload>(
  listener: Listener<Payload>,
  payload: Payload,
  onError: (cause: unknown) => void,
): Promise<void> {
  try {
    await listener(payload);
  } catch (cause) {
    onError(cause);
  }
}
