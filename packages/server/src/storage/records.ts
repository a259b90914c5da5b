/** Things kept under a key, apart from the conferences: tokens, tickets, endpoints. */
export interface Records<Value> {
  /** All that is kept. */
  entries(): readonly (readonly [key: string, value: Value])[];
  /** Keeps `value`, in place of what the key had. Resolves when it is as safe as this server can make it. */
  put(key: string, value: Value): Promise<void>;
  /** Drops what the key has, if anything. Resolves like {@link put}. */
  delete(key: string): Promise<void>;
}

/** For a server that ends with its process: whoever uses records has all of them in its own memory. */
export const noRecords: Records<never> = {
  entries: () => [],
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};
