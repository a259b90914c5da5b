import { expect } from './expect.ts';

/** Waits until what `read` counts has grown by more than `by` since now. */
export async function expectToGrow(read: () => Promise<number>, by: number): Promise<void> {
  const before = await read();
  await expect.poll(read).toBeGreaterThan(before + by);
}
