/** Explains to the user why the demo cannot start or go on; shown instead of a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
