/** A check cannot be made here, which is nobody's fault; the message says why. */
export class SkipError extends Error {
  override readonly name = 'SkipError';
}
