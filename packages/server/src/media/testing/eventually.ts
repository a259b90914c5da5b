import { vi } from 'vitest';

/** Waits until `check` no longer throws. The timeout is generous, because a busy machine is not a failure. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}
