import { InvalidOptionsError } from '../errors/api-errors.ts';

/** The levels, from nothing to everything; each includes the ones before it. */
const levels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How much is logged: lines of this level and of all that matter more. docs/logging.md says what each contains. */
export type LogLevel = (typeof levels)[number];

/** Whether a line of `level` is written where `limit` is set. */
export function isLogged(level: LogLevel, limit: LogLevel): boolean {
  return levels.indexOf(level) <= levels.indexOf(limit);
}

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a text that is not a level. */
export function assertLogLevel(level: LogLevel): void {
  if (levels.includes(level)) return;
  throw new InvalidOptionsError(
    `${JSON.stringify(level)} is not a log level.`,
    `Use one of: ${levels.join(', ')}.`,
  );
}
