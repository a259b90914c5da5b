import { expect } from './expect.ts';

/** Waits until the count that `read` returns has grown by more than `by`. */
export async function expectToGrow(read: () => Promise<number>, by: number): Promise<void> {
  const before = await read();
  await expect.poll(read).toBeGreaterThan(before + by);
}
