import { InvalidOptionsError } from '@parley-rtc/client';

// In its own file, because both the first bundle and the lazily loaded part need it.
/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a limit other than 0 or an integer of at least 30000. */
export function assertBitrate(bitrateBps: number): void {
  if (bitrateBps === 0 || (Number.isSafeInteger(bitrateBps) && bitrateBps >= 30_000)) return;
  throw new InvalidOptionsError(
    `Video cannot be limited to ${bitrateBps} bit/s.`,
    'Pass 0 for no limit, or an integer of at least 30000.',
  );
}
