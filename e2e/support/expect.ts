import { expect as usual } from '@playwright/test';

/**
 * Playwright's `expect`, but `poll` checks ten times a second throughout. By default it soon checks only once a second, which
 * would make each wait half a second longer on average.
 */
export const expect: typeof usual = usual.configure({});

expect.poll = (actual, options) =>
  usual.poll(actual, {
    intervals: [100],
    ...(typeof options === 'string' ? { message: options } : options),
  });
