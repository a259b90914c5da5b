import { vi } from 'vitest';

/** Lets everything happen that needs no time, under fake timers. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
