import { errorFields } from './error-fields.ts';
import type { LogFields, LogRecord, LogSink } from './log-record.ts';

/** Writes one line to `sink`, or to the console. Resolves when the sink has taken it. */
export async function writeLine(
  line: LogRecord,
  error: unknown,
  sink: LogSink = writeToConsole,
): Promise<void> {
  await sink({ ...line, fields: readable({ ...line.fields, ...errorFields(error) }) });
}

/** The fields that are known, without fractions of milliseconds and without secrets. */
function readable(fields: LogFields): LogFields {
  const known: Record<string, LogFields[string]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'number') known[name] = Math.round(value);
    // Session descriptions contain this password: the only secret that any line holds.
    else if (typeof value === 'string') known[name] = value.replace(/(a=ice-pwd:)\S+/g, '$1***');
    else if (value !== undefined) known[name] = value;
  }
  return known;
}

/** Writes by the console method of the level. `console.trace` would add a stack to each line. */
function writeToConsole({ level, part, message, fields }: LogRecord): void {
  const text = `[parley:${part}] ${message}`;
  const write = console[level === 'trace' ? 'debug' : level];
  if (Object.keys(fields).length > 0) write(text, fields);
  else write(text);
}
