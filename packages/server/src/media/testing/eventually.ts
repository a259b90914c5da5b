import { vi } from 'vitest';

/** Waits until `check` no longer throws; generous, since a busy machine is no failure. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}
