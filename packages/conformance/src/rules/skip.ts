/** The check does not apply to this server; the message says why. */
export class SkipError extends Error {
  override readonly name = 'SkipError';
}
