/** An `onError` for tests without background errors. */
export function failLoudly(error: unknown): never {
  throw error;
}
