/** Values stored by key, separate from the conferences: tokens, tickets, endpoints. */
export interface Records<Value> {
  /** All stored values. */
  entries(): readonly (readonly [key: string, value: Value])[];
  /** Stores `value`, replacing the key's former value. Resolves when it is as durable as this server can make it. */
  put(key: string, value: Value): Promise<void>;
  /** Deletes the key's value, if any. Resolves like {@link put}. */
  delete(key: string): Promise<void>;
  /** Calls `listener` when another node stored or deleted a value. Absent where no other node can. */
  onChanged?(listener: (key: string, value: Value | undefined) => void): void;
}

/** For a server without a data folder: users of records hold all of them in memory anyway. */
export const noRecords: Records<never> = {
  entries: () => [],
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};
