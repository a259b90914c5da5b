import { AbortedError } from './api-errors.ts';
import { ParleyError } from './parley-error.ts';
import { describeCause, UnexpectedError } from './unexpected-error.ts';

/** Returns `cause` as an error that an app may receive from `operation`. */
function toParleyError(operation: string, cause: unknown): ParleyError {
  if (cause instanceof ParleyError) return cause;
  const isAbort = describeCause(cause).name === 'AbortError';
  return isAbort ? new AbortedError(operation, { cause }) : new UnexpectedError(operation, { cause });
}

/** Returns a function that does what `run` does, and throws or rejects only with a `ParleyError`. */
function boundary<Args extends readonly unknown[], Result>(
  operation: string,
  run: (...args: Args) => Result,
): (...args: Args) => Result {
  return function atBoundary(this: unknown, ...args: Args): Result {
    try {
      const result: Result = Reflect.apply(run, this, args);
      return isPromise(result) ? (result.catch(rethrow) as Result) : result;
    } catch (cause) {
      return rethrow(cause);
    }
  };
  function rethrow(cause: unknown): never {
    throw toParleyError(operation, cause);
  }
}

/**
 * Calls `run`, which throws or rejects only with a `ParleyError` of `operation`. For the public functions, as `withBoundary` is
 * for the public objects.
 *
 * @internal For Parley's own packages; may change without notice.
 */
export function atBoundary<Result>(operation: string, run: () => Result): Result {
  return boundary(operation, run)();
}

/**
 * Replaces every function that `target` itself has by one that throws or rejects only with a `ParleyError`. This is how the
 * public objects keep the promise of docs/errors.md: no list of exceptions can be complete.
 *
 * @internal For Parley's own packages; may change without notice.
 */
export function withBoundary<Target extends object>(target: Target): Target {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
    const { value } = descriptor as { readonly value?: unknown };
    if (typeof value !== 'function' || name === 'constructor' || !descriptor.writable) continue;
    Object.defineProperty(target, name, { ...descriptor, value: boundary(name, value as () => unknown) });
  }
  return target;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
