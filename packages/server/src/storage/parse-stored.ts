import { DamagedDataError } from '../health/trouble.ts';

/** Reads JSON that this server wrote. */
export function parseStored<Value>(text: unknown): Value {
  try {
    return JSON.parse(String(text)) as Value;
  } catch (cause) {
    throw new DamagedDataError('A stored value is not JSON.', { cause });
  }
}
