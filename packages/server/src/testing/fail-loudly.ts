/** An `onError` for tests in which nothing may fail in the background. */
export function failLoudly(error: unknown): never {
  throw error;
}
