import { ParleyError } from './parley-error.ts';

/** The platform, or code of the app that the call ran, threw something that has no class of its own; see `cause`. */
export class UnexpectedError extends ParleyError {
  override readonly name = 'UnexpectedError';
  override readonly code = 'ERR_UNEXPECTED';
  constructor(operation: string, options: ErrorOptions) {
    const { name, message } = describeCause(options.cause);
    super(
      `${operation} failed: ${name}${message && `: ${message}`}.`,
      'See `cause`. If it comes neither from your code nor from the browser, report it to Parley.',
      options,
    );
  }
}

/**
 * The name and message of whatever was thrown; its type for what has no name. Never throws. Not by `instanceof`: an
 * exception of another frame has other classes.
 *
 * @internal For Parley's own packages; may change without notice.
 */
export function describeCause(cause: unknown): { readonly name: string; readonly message: string } {
  try {
    const { name, message } = cause as { readonly name?: unknown; readonly message?: unknown };
    return {
      name: typeof name === 'string' && name ? name : typeof cause,
      message: typeof message === 'string' ? message.replace(/\.$/, '') : '',
    };
  } catch {
    return { name: String(typeof cause), message: '' };
  }
}
