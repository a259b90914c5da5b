import { HttpError, RemovedError, TokenError } from '@parley-rtc/client';

/**
 * Whether an error means that a moderator removed us, and whether our user is banned. A banned ticket no longer starts logins,
 * which a token source reports.
 */
export function removalIn(error: unknown): { readonly isBanned: boolean } | undefined {
  if (error instanceof RemovedError) return { isBanned: error.serverError === 'banned' };
  const cause = error instanceof TokenError ? error.cause : undefined;
  const isBanned = cause instanceof HttpError && /\bbanned\b/i.test(cause.message);
  return isBanned ? { isBanned } : undefined;
}
