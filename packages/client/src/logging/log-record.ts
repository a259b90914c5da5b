import type { LogLevel } from './log-level.ts';

/** What a line says beside its message. Flat, so that no object with a secret inside can become part of one. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line of the log. */
export interface LogRecord {
  readonly level: Exclude<LogLevel, 'silent'>;
  /** The part of Parley that writes, such as `feed` or `publish`. */
  readonly part: string;
  /** Plain English, the same text each time; what differs is in `fields`. */
  readonly message: string;
  readonly fields: LogFields;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
}

/** Receives lines of the log. One that throws or rejects does not disturb the call. */
export type LogSink = (record: LogRecord) => void | Promise<void>;

/** A level, or a level and where the lines go. What is omitted is that of the page, even when that changes later. */
export type LogSetting = LogLevel | { readonly level?: LogLevel; readonly write?: LogSink };
