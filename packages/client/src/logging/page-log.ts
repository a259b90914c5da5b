import { atBoundary } from '../errors/at-boundary.ts';
import { assertLogLevel, type LogLevel } from './log-level.ts';
import type { LogSink } from './log-record.ts';

/** What applies to everything that has no setting of its own. */
export const pageLog: { level: LogLevel; write?: LogSink | undefined } = { level: 'silent' };

/**
 * Sets how much is logged by everything without a `log` option of its own, calls that are running included. The default
 * is `silent`.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) for a text that is not a level.
 */
export function setLogLevel(level: LogLevel): void {
  atBoundary('setLogLevel', () => assertLogLevel(level));
  pageLog.level = level;
}

/** Sends the log to `write` instead of the console; `undefined` goes back to the console. */
export function setLogSink(write: LogSink | undefined): void {
  pageLog.write = write;
}
