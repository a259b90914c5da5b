import { assertLogLevel, isLogged } from './log-level.ts';
import type { LogFields, LogRecord, LogSetting } from './log-record.ts';
import { pageLog } from './page-log.ts';

/** Writes one line of a part. `error` is why; of it, only codes are logged. */
export type Log = (level: LogRecord['level'], message: string, fields?: LogFields, error?: unknown) => void;

/** Makes the log of a part; `context` is read for each line, and its fields go into that line. */
export type Logs = (part: string, context?: () => LogFields) => Log;

/** Loaded with the first line, because most calls log nothing. Lines keep their order: all wait for the same file. */
const loadWriter = () => import('./write-line.ts');

/**
 * Makes logs that follow `setting`, and the page where that says nothing.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) for a text that is not a level.
 * @internal For the packages of Parley; other code must not rely on it.
 */
export function createLogs(setting: LogSetting = {}): Logs {
  const own = typeof setting === 'string' ? { level: setting } : setting;
  if (own.level !== undefined) assertLogLevel(own.level);
  return (part, context) => (level, message, fields, error) => {
    if (!isLogged(level, own.level ?? pageLog.level)) return;
    const line = { level, part, message, fields: { ...context?.(), ...fields }, timeMs: Date.now() };
    const sink = own.write ?? pageLog.write;
    // Nothing that fails here, such as the app's sink, may disturb the call.
    loadWriter()
      .then(({ writeLine }) => writeLine(line, error, sink))
      .catch(() => {});
  };
}
