import { InvalidOptionsError } from '@parley-rtc/client';

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for what no video can be limited to. */
export function assertBitrate(bitrateBps: number): void {
  if (bitrateBps === 0 || (Number.isSafeInteger(bitrateBps) && bitrateBps >= 30_000)) return;
  throw new InvalidOptionsError(
    `A video cannot be limited to ${bitrateBps} bits per second.`,
    'Give 0 for no limit, or a whole number of at least 30000.',
  );
}
