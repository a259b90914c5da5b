/** An error whose message is written for end users. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
