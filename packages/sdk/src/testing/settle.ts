import { vi } from 'vitest';

/** Runs everything that is due now, under fake timers. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
